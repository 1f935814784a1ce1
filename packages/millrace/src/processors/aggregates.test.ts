import { describe, expect, it } from 'vitest'
import { json, long, string } from '../serde/index.ts'
import { change } from './change.ts'
import { FakeServices, shown, shownChanges } from './fake-services.ts'
import { streamAggregate } from './stream-aggregate.ts'
import { tableAggregate } from './table-aggregate.ts'

const store = {
  kind: 'timestamped-key-value',
  name: 'aggregates',
  keySerde: string() as never,
  valueSerde: json() as never,
  storage: 'memory',
  isLogged: true,
} as const

function aggregate(add: (aggregate: never, value: never) => unknown, init?: () => unknown, cacheBytes = 0) {
  const fake = new FakeServices()
  const common = { kind: 'stream-aggregate', id: 'aggregate', parents: ['in'], store, cacheBytes } as const
  const node = { ...common, aggregators: [add as never], ...(init === undefined ? {} : { init: init as never }) }
  const [input] = streamAggregate(node, fake.forward, fake.services)
  return { fake, input: input! }
}

describe('streamAggregate', () => {
  it('sends what it replaces, and nothing for the first of a key', () => {
    const { fake, input } = aggregate(
      (count: number) => count + 1,
      () => 0,
    )
    fake.send(input, 'a', 'x', 10)
    fake.send(input, 'a', 'x', 5)
    expect(shownChanges(fake.forwarded)).toEqual(['a | 1 <- null | 10', 'a | 2 <- 1 | 10'])
  })

  it('begins anew, in time too, after an aggregator gave null', () => {
    const { fake, input } = aggregate(
      (sum: number, value: number) => (value === 0 ? null : sum + value),
      () => 100,
    )
    for (const [value, time] of [
      [1, 50],
      [0, 60],
      [2, 7],
    ] as const)
      fake.send(input, 'a', value, time)
    expect(shown(fake.forwarded)).toEqual(['a | 101 | 50', 'a | null | 60', 'a | 102 | 7'])
  })

  it('begins a reduce with the first value', () => {
    const { fake, input } = aggregate((left: string, right: string) => left + right)
    for (const value of ['a', 'b', 'c']) fake.send(input, 'k', value, 1)
    expect(shown(fake.forwarded)).toEqual(['k | a | 1', 'k | ab | 1', 'k | abc | 1'])
  })

  it('drops and counts null keys and null values', () => {
    const { fake, input } = aggregate(
      (count: number) => count + 1,
      () => 0,
    )
    fake.send(input, null, 'x', 1)
    fake.send(input, 'a', null, 1)
    fake.send(input, 'a', undefined, 1)
    expect([fake.forwarded.length, fake.count('records-dropped')]).toEqual([0, 3])
  })

  it('feeds one table from several streams, each with its own aggregator', () => {
    const fake = new FakeServices()
    const aggregators = [(sum: number, value: number) => sum + value, (sum: number, value: number) => sum - value]
    const common = { kind: 'stream-aggregate', id: 'cogroup', parents: ['one', 'two'], store, cacheBytes: 0 } as const
    const node = { ...common, init: () => 0, aggregators: aggregators as never }
    const [one, two] = streamAggregate(node, fake.forward, fake.services)
    fake.send(one!, 'a', 5, 1)
    fake.send(two!, 'a', 2, 3)
    expect(shown(fake.forwarded)).toEqual(['a | 5 | 1', 'a | 3 | 3'])
  })

  it('carries the headers of the record that brought the result', () => {
    const { fake, input } = aggregate(
      (count: number) => count + 1,
      () => 0,
    )
    const headers = [{ name: 'n', value: Buffer.from('v') }]
    expect(fake.send(input, 'a', 'x', 1, headers)[0]?.headers).toEqual(headers)
  })

  it.each([
    ['undefined', () => undefined, 'CALLBACK_RESULT_INVALID'],
    ['a promise', async () => 1, 'CALLBACK_ASYNC'],
  ])('refuses %s from an aggregator, and drops the record', (_, add, code) => {
    const { fake, input } = aggregate(add, () => 0)
    fake.send(input, 'a', 'x', 1)
    expect(fake.thrown).toEqual([{ node: 'aggregate', error: expect.objectContaining({ code }) as unknown }])
    expect(fake.forwarded).toEqual([])
  })

  it.each([1, 2])('refuses an aggregate that was changed in place (record %d)', (record) => {
    const add = (counts: { n: number }, value: number): object => (value < record ? { n: value } : mutated(counts))
    const { fake, input } = aggregate(add, () => ({ n: 0 }))
    for (let value = 1; value <= record; value++) fake.send(input, 'a', value, 1)
    expect(fake.thrown[0]?.error).toMatchObject({
      code: 'CALLBACK_RESULT_INVALID',
      what: expect.stringContaining('changed the aggregate') as unknown,
    })
    expect(fake.forwarded.length).toBe(record - 1)
  })

  it('takes an aggregate back as it was given', () => {
    const { fake, input } = aggregate(
      (best: { n: number }) => best,
      () => ({ n: 0 }),
    )
    fake.send(input, 'a', 1, 1)
    fake.send(input, 'a', 2, 2)
    expect([fake.thrown, fake.forwarded.length]).toEqual([[], 2])
  })
})

function mutated(counts: { n: number }): object {
  counts.n++
  return counts
}

describe('tableAggregate', () => {
  function retracting(init: (() => unknown) | undefined, add: unknown, subtract: unknown) {
    const fake = new FakeServices()
    const valueSerde = (typeof init?.() === 'number' ? long() : string()) as never
    const common = { kind: 'table-aggregate', id: 'aggregate', parents: ['group'], cacheBytes: 0 } as const
    const node = { ...common, add: add as never, subtract: subtract as never, store: { ...store, valueSerde } }
    const withInit = init === undefined ? node : { ...node, init: init as never }
    return { fake, input: tableAggregate(withInit, fake.forward, fake.services) }
  }
  const texts = () =>
    retracting(
      () => '0',
      (aggregate: string, value: string) => `${aggregate}+${value}`,
      (aggregate: string, value: string) => `${aggregate}-${value}`,
    )

  it('takes the old value out before it puts the new one in, and sends one result', () => {
    const { fake, input } = texts()
    fake.send(input, 'g', change('1', null), 10)
    fake.send(input, 'g', change('2', '1'), 5)
    expect(shownChanges(fake.forwarded)).toEqual(['g | 0+1 <- null | 10', 'g | 0+1-1+2 <- 0+1 | 10'])
  })

  it('takes nothing out of a group that is not there', () => {
    const { fake, input } = texts()
    fake.send(input, 'g', change(null, '1'), 10)
    fake.send(input, 'g', change('2', '1'), 11)
    expect(shown(fake.forwarded)).toEqual(['g | null | 10', 'g | 0+2 | 11'])
  })

  it('begins a group anew when nothing was left of it, but keeps the latest time', () => {
    const { fake, input } = retracting(
      () => 0,
      (sum: number, value: number) => sum + value,
      () => null,
    )
    fake.send(input, 'g', change(1, null), 10)
    fake.send(input, 'g', change(2, 1), 5)
    fake.send(input, 'g', change(null, 2), 6)
    expect(shown(fake.forwarded)).toEqual(['g | 1 | 10', 'g | 2 | 10', 'g | null | 10'])
  })

  it('begins a reduce with the first value, before and after a deletion', () => {
    const subtract = (left: string, right: string): string | null => (left === right ? null : left.replace(right, ''))
    const { fake, input } = retracting(undefined, (left: string, right: string) => left + right, subtract)
    for (const update of [change('a', null), change('b', null), change(null, 'a'), change('c', 'b')]) {
      fake.send(input, 'g', update, 1)
    }
    expect(shown(fake.forwarded)).toEqual(['g | a | 1', 'g | ab | 1', 'g | b | 1', 'g | c | 1'])
  })

  it('leaves the group as it was when either callback throws', () => {
    const fail = (): never => {
      throw new RangeError('no')
    }
    const { fake, input } = retracting(
      () => 0,
      (sum: number, value: number) => sum + value,
      fail,
    )
    fake.send(input, 'g', change(1, null), 1)
    fake.send(input, 'g', change(2, 1), 2)
    expect([fake.thrown.length, fake.forwarded.length]).toEqual([1, 1])
    expect(fake.services.view('aggregate').get('g')).toEqual({ value: 1, timestamp: 1 })
  })
})
