import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SuppressNode } from '../plan/index.ts'
import { bytes, long, string } from '../serde/index.ts'
import { change } from './change.ts'
import { FakeServices, shown } from './fake-services.ts'
import { type Buffered, SuppressBuffer } from './suppress-buffer.ts'
import { suppress } from './suppress.ts'

function node(fields: Partial<SuppressNode>): SuppressNode {
  const serdes = { keySerde: string() as never, valueSerde: long() as never }
  const common = {
    kind: 'suppress',
    id: 'suppress',
    parents: ['counts'],
    store: {
      kind: 'key-value',
      name: 'buffer',
      keySerde: bytes() as never,
      valueSerde: bytes() as never,
      storage: 'memory',
      isLogged: true,
    },
    whenFull: 'fail',
  } as const
  return { ...common, ...serdes, until: { kind: 'time-limit', waitMs: 10 }, ...fields }
}

function open(fields: Partial<SuppressNode> = {}, earlier?: FakeServices) {
  const fake = new FakeServices(earlier)
  fake.services.provideView('counts', { isVersioned: false, get: () => ({ value: 99, timestamp: 99 }) })
  return { fake, input: suppress(node(fields), fake.forward, fake.services) }
}

const headersOf = (value: string) => [{ name: 'n', value: Buffer.from(value) }]

describe('suppress', () => {
  it('keeps the place of the first update, and sends the last with its time and headers', () => {
    const { fake, input } = open()
    fake.send(input, 'a', change(1, null), 0, headersOf('1'))
    fake.send(input, 'b', change(1, null), 5)
    fake.send(input, 'a', change(2, 1), 9, headersOf('2'))
    const [first] = fake.send(input, 'c', change(1, null), 10, headersOf('3'))
    expect(first).toEqual({ key: 'a', value: change(2, 1), timestamp: 9, headers: headersOf('2') })
    expect(shown(fake.send(input, 'c', change(2, 1), 15))).toEqual(['b | 1 | 5'])
  })

  it('gives the headers of the present record back to it', () => {
    const { fake, input } = open({ until: { kind: 'time-limit', waitMs: 0 } })
    fake.send(input, 'a', change(1, null), 0, headersOf('1'))
    expect(fake.services.record.headers).toEqual(headersOf('1'))
  })

  it('lets the oldest go early when it is full', () => {
    const { fake, input } = open({ maxRecords: 1, whenFull: 'emit-early' })
    fake.send(input, 'a', change(1, null), 3)
    expect(shown(fake.send(input, 'b', change(1, null), 2))).toEqual(['b | 1 | 2'])
    expect(shown(fake.send(input, 'c', change(1, null), 4))).toEqual(['a | 1 | 3'])
  })

  it('bounds bytes, too', () => {
    const { fake, input } = open({ maxBytes: 100, whenFull: 'emit-early' })
    for (const key of ['a', 'b']) fake.send(input, key, change(1, null), 1)
    expect(fake.forwarded).toEqual([])
    expect(shown(fake.send(input, 'c', change(1, null), 1))).toEqual(['a | 1 | 1'])
  })

  it('fails when it is full and told to', () => {
    const { fake, input } = open({ maxRecords: 1 })
    fake.send(input, 'a', change(1, null), 0)
    expect(() => fake.send(input, 'b', change(1, null), 1)).toThrow(expect.objectContaining({ code: 'BUFFER_FULL' }))
  })

  it('shows look-ups what was there before the update that waits', () => {
    const { fake, input } = open()
    fake.send(input, 'a', change(1, null), 0)
    fake.send(input, 'b', change(2, 1), 0)
    fake.send(input, 'b', change(3, 2), 0)
    const view = fake.services.view('suppress')
    expect([view.get('a'), view.get('b')?.value, view.get('c')?.value]).toEqual([undefined, 1, 99])
  })

  describe('until the window closes', () => {
    const windowKey = (key: string, start: number) => ({ key, window: { start, end: start + 10 } })
    const until = { kind: 'window-close', graceMs: 5 } as const
    const keySerde = {
      name: 'window',
      serialize: ({ key, window }: ReturnType<typeof windowKey>) => Buffer.from(`${key} ${window.start}`),
      deserialize: (bytes: Buffer) => {
        const [key, start] = bytes.toString().split(' ')
        return { key, window: { start: Number(start), end: Number.MAX_SAFE_INTEGER } }
      },
    } as never

    it('sends windows in the order of their ends, without deletions', () => {
      const { fake, input } = open({ until, keySerde })
      fake.send(input, windowKey('a', 10), change(1, null), 14)
      fake.send(input, windowKey('a', 0), change(1, null), 3)
      fake.send(input, windowKey('b', 0), change(null, 1), 4)
      expect(shown(fake.send(input, windowKey('a', 20), change(1, null), 25))).toEqual([
        'a@0/10 | 1 | 3',
        'a@10/20 | 1 | 14',
      ])
    })

    it('goes on after a restart with what waited at the commit, and with its time', () => {
      const before = open({ until, keySerde })
      before.fake.send(before.input, windowKey('a', 0), change(7, 6), 9, headersOf('1'))
      before.fake.send(before.input, windowKey('b', 0), change(1, null), 14)
      before.fake.commit()
      const { fake, input } = open({ until, keySerde }, before.fake)
      fake.send(input, windowKey('c', 0), change(2, null), 3)
      const results = fake.send(input, windowKey('a', 10), change(1, null), 15)
      expect(shown(results)).toEqual(['a@0/10 | 7 | 9', 'b@0/10 | 1 | 14', 'c@0/10 | 2 | 3'])
      expect(results[0]).toMatchObject({ value: change(7, 6), headers: headersOf('1') })
      fake.commit()
      expect([...(fake.services.storeNamed('buffer') as { all(): Iterable<unknown> }).all()].length).toBe(2)
    })
  })
})

describe('SuppressBuffer', () => {
  it('hands entries out by buffer time, then key, whatever the order they came in', () => {
    const entry = fc.record({ time: fc.nat(20), id: fc.string({ maxLength: 3 }) })
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ id }) => id }), (entries) => {
        const buffer = new SuppressBuffer()
        for (const { time, id } of entries) buffer.add({ id, bufferTime: time, bytes: 1 } as Buffered)
        const expected = entries.toSorted((left, right) => left.time - right.time || (left.id < right.id ? -1 : 1))
        for (const { id } of expected) {
          expect(buffer.first()?.id).toBe(id)
          buffer.removeFirst()
        }
        expect([buffer.size, buffer.bytes, buffer.first()]).toEqual([0, 0, undefined])
      }),
    )
  })
})
