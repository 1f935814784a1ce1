import { describe, expect, it } from 'vitest'
import type { WindowAggregateNode } from '../plan/index.ts'
import { string } from '../serde/index.ts'
import { FakeServices, shown, shownChanges } from './fake-services.ts'
import { windowAggregate } from './window-aggregate.ts'

function windowNode(graceMs: number, fields: Partial<WindowAggregateNode> = {}, advanceMs = 10): WindowAggregateNode {
  return {
    kind: 'window-aggregate',
    id: 'windows',
    parents: ['in'],
    windows: { kind: 'time', sizeMs: 10, advanceMs, graceMs },
    init: () => '0',
    aggregators: [(aggregate: string, value: unknown) => `${aggregate}+${String(value)}`],
    emit: 'on-update',
    cacheBytes: 0,
    store: {
      kind: 'window',
      name: 'windows',
      keySerde: string(),
      valueSerde: string(),
      storage: 'memory',
      isLogged: true,
      retentionMs: 10 + graceMs,
      windowSizeMs: 10,
      isTimestamped: true,
      retainDuplicates: false,
    },
    ...fields,
  }
}

function open(node: WindowAggregateNode, earlier?: FakeServices) {
  const fake = new FakeServices(earlier)
  return { fake, input: windowAggregate(node, fake.forward, fake.services)[0]! }
}

describe('windowAggregate', () => {
  it('sends what it replaces, and the latest time of the window', () => {
    const { fake, input } = open(windowNode(100))
    fake.send(input, 'k', 'a', 5)
    fake.send(input, 'k', 'b', 3)
    expect(shownChanges(fake.forwarded)).toEqual(['k@0/10 | 0+a <- null | 5', 'k@0/10 | 0+a+b <- 0+a | 5'])
    const view = fake.services.view('windows')
    expect(view.get({ key: 'k', window: { start: 0, end: 10 } })).toEqual({ value: '0+a+b', timestamp: 5 })
  })

  it('hands a late record to onLate once per window that it missed, and counts as often', () => {
    const late: unknown[] = []
    const { fake, input } = open(windowNode(0, { onLate: (record: unknown) => late.push(record) }, 5))
    fake.send(input, 'k', 'a', 100)
    fake.send(input, 'k', 'b', 7)
    fake.send(input, 'k', 'c', 96)
    expect(fake.count('records-dropped')).toBe(3)
    expect(late).toEqual([
      { key: 'k', value: 'b', timestamp: 7 },
      { key: 'k', value: 'b', timestamp: 7 },
      { key: 'k', value: 'c', timestamp: 96 },
    ])
  })

  it('does not let a null key move its time', () => {
    const { fake, input } = open(windowNode(0))
    fake.send(input, null, 'a', 100)
    fake.send(input, 'k', null, 5)
    expect([shown(fake.forwarded), fake.count('records-dropped')]).toEqual([['k@0/10 | 0+null | 5'], 1])
  })

  it('gathers the updates of a window in its cache', () => {
    const { fake, input } = open(windowNode(100, { cacheBytes: 10_000 }))
    for (const [value, time] of [
      ['a', 1],
      ['b', 12],
      ['c', 2],
    ] as const)
      fake.send(input, 'k', value, time)
    expect(shown(fake.commit()).toSorted()).toEqual(['k@0/10 | 0+a+c | 2', 'k@10/20 | 0+b | 12'])
  })

  it('emits every window once when it closes, however far time jumps', () => {
    const { fake, input } = open(windowNode(5, { emit: 'on-window-close' }))
    fake.send(input, 'B', '1', 0)
    fake.send(input, 'A', '2', 3)
    fake.send(input, 'A', '3', 12)
    expect(shown(fake.send(input, 'B', '4', 1_000_000))).toEqual([
      'A@0/10 | 0+2 | 3',
      'B@0/10 | 0+1 | 0',
      'A@10/20 | 0+3 | 12',
    ])
    expect(shown(fake.send(input, 'B', '5', 1_000_015))).toEqual(['B@1000000/1000010 | 0+4 | 1000000'])
  })

  it('goes on after a restart with the time that it had, and emits nothing twice', () => {
    const before = open(windowNode(5, { emit: 'on-window-close' }))
    before.fake.send(before.input, 'A', '1', 3)
    before.fake.send(before.input, 'A', '2', 17)
    expect(before.fake.forwarded.length).toBe(1)
    const { fake, input } = open(windowNode(5, { emit: 'on-window-close' }), before.fake)
    fake.send(input, 'A', 'late', 4)
    expect([fake.forwarded.length, fake.count('records-dropped')]).toEqual([0, 1])
    expect(shown(fake.send(input, 'A', '3', 25))).toEqual(['A@10/20 | 0+2 | 17'])
  })

  it('closes windows of a calendar', () => {
    const windows = { kind: 'calendar', unit: 'month', zone: 'UTC', graceMs: 0 } as const
    const monthMs = 32 * 86_400_000
    const node = windowNode(0, { windows, emit: 'on-window-close' })
    const { fake, input } = open({ ...node, store: { ...node.store, retentionMs: monthMs } })
    fake.send(input, 'k', 'a', Date.UTC(2024, 1, 3))
    fake.send(input, 'k', 'b', Date.UTC(2024, 1, 29, 23))
    const [result] = fake.send(input, 'k', 'c', Date.UTC(2024, 2, 1))
    expect(result).toMatchObject({
      key: { key: 'k', window: { start: Date.UTC(2024, 1, 1), end: Date.UTC(2024, 2, 1) } },
      value: { newValue: '0+a+b' },
    })
  })

  describe('with closeOnIdle', () => {
    const node = windowNode(5, { emit: 'on-window-close', closeOnIdleMs: 1000 })

    it('closes what is open after so much silence, and what comes then is late', () => {
      const { fake, input } = open(node)
      fake.send(input, 'A', '1', 3)
      fake.advance(600)
      fake.send(input, 'A', '2', 13)
      expect(fake.advance(500)).toEqual([])
      expect(shown(fake.advance(500))).toEqual(['A@0/10 | 0+1 | 3', 'A@10/20 | 0+2 | 13'])
      expect(fake.advance(5000)).toEqual([])
      fake.send(input, 'A', '3', 19)
      expect([fake.forwarded.length, fake.count('records-dropped')]).toEqual([2, 1])
      fake.send(input, 'A', '4', 20)
      expect(shown(fake.advance(1000))).toEqual(['A@20/30 | 0+4 | 20'])
    })

    it('closes what a restart left open, without a record', () => {
      const before = open(node)
      before.fake.send(before.input, 'A', '1', 3)
      expect(shown(open(node, before.fake).fake.advance(1000))).toEqual(['A@0/10 | 0+1 | 3'])
    })
  })
})
