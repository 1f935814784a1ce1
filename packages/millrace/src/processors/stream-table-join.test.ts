import { describe, expect, it } from 'vitest'
import type { StreamTableJoinNode } from '../plan/index.ts'
import { bufferedKey, bufferedRecord } from '../serde/buffered-record.ts'
import { json, string } from '../serde/index.ts'
import type { Serde } from '../serde/serde.ts'
import { FakeServices, shown } from './fake-services.ts'
import type { Forward } from './processor.ts'
import { streamTableJoin } from './stream-table-join.ts'

const text = string() as Serde<unknown>
const bufferStore = {
  kind: 'key-value',
  name: 'buffer',
  keySerde: bufferedKey(text) as Serde<unknown>,
  valueSerde: bufferedRecord(text) as Serde<unknown>,
  storage: 'memory',
  isLogged: true,
} as const

function joinNode(settings: Partial<StreamTableJoinNode>): StreamTableJoinNode {
  return {
    kind: 'stream-table-join',
    id: 'join',
    parents: ['stream', 'table'],
    type: 'inner',
    select: (value: unknown, row: unknown) => `${String(value)}-${String(row)}`,
    ...settings,
  }
}

/** With a table that has every version of its one key's row: `[value, from]`, ascending. */
function run(
  settings: Partial<StreamTableJoinNode>,
  rows: readonly (readonly [unknown, number])[] = [],
  earlier?: FakeServices,
) {
  const fake = new FakeServices(earlier)
  const [stream] = streamTableJoin(joinNode(settings), fake.forward, fake.services) as [Forward, Forward]
  const asOf = (time: number) => {
    const [value, timestamp] = rows.findLast(([, from]) => from <= time) ?? [null, 0]
    return value === null ? undefined : { value, timestamp }
  }
  const isVersioned = settings.graceMs !== undefined
  fake.services.provideView('table', {
    get: () => asOf(Number.POSITIVE_INFINITY),
    getAsOf: (_key, time) => asOf(time),
    isVersioned,
  })
  return {
    fake,
    send: (key: unknown, value: unknown, timestamp: number, headers: { name: string; value: Buffer | null }[] = []) =>
      shown(fake.send(stream, key, value, timestamp, headers)),
  }
}

describe('a stream–table join', () => {
  it('adds the fields of the row without a select', () => {
    const { fake, send } = run({ type: 'left', select: undefined as never }, [[{ b: 2 }, 0]])
    send('k', { a: 1, b: 1 }, 5)
    send(null, { a: 1 }, 6)
    expect(fake.forwarded.map(({ value }) => value)).toEqual([{ a: 1, b: 2 }, { a: 1 }])
  })

  it('counts null keys under inner and null values, but not a record without a row', () => {
    const { fake, send } = run({}, [])
    send('k', 'A', 0)
    send(null, 'A', 0)
    send('k', null, 0)
    expect(fake.count('records-dropped')).toBe(2)
  })

  it('drops the record for which the callback throws', () => {
    const select = (): never => {
      throw new RangeError('no')
    }
    const { fake, send } = run({ select }, [['a', 0]])
    expect(send('k', 'A', 1)).toEqual([])
    expect(fake.thrown).toMatchObject([{ node: 'join', error: { message: 'no' } }])
  })
})

describe('a stream–table join with grace', () => {
  // the versions of the one key in Kafka Streams' own join tests
  const rows = [
    ['a', 4],
    ['b', 6],
    [null, 8],
    ['c', 10],
    [null, 11],
  ] as const

  it('moves its time by the records that it holds, not by dropped ones, as the reference does', () => {
    const { send } = run({ type: 'left', graceMs: 2, bufferStore }, rows)
    const values: (readonly [string | null, number])[] = [
      [null, 1],
      ['A', 3],
      ['B', 5],
      [null, 7],
      ['C', 9],
      [null, 12],
      ['D', 6],
      [null, 2],
      ['E', 15],
      [null, 10],
      ['F', 4],
    ]
    expect(
      values.flatMap(([value, timestamp]) => send('k', value, timestamp).map((one) => `${timestamp}: ${one}`)),
    ).toEqual([
      '5: k | A-undefined | 3',
      '9: k | B-a | 5',
      '6: k | D-b | 6',
      '15: k | C-undefined | 9',
      '4: k | F-a | 4',
    ])
  })

  it('gives records of the same time by key, then in the order of their arrival', () => {
    const { send } = run({ type: 'left', graceMs: 10, bufferStore })
    send('b', '1', 5)
    send('a', '2', 5)
    send('b', '3', 5)
    expect(send('z', 'end', 100)).toEqual(['a | 2-undefined | 5', 'b | 1-undefined | 5', 'b | 3-undefined | 5'])
  })

  it('gives a held record with its own headers and origin, and the others theirs', () => {
    const { fake, send } = run({ type: 'left', graceMs: 10, bufferStore })
    const header = (text: string) => [
      { name: 'from', value: Buffer.from(text) },
      { name: 'none', value: null },
    ]
    send('k', 'A', 0, header('a'))
    send('k', 'B', 10, header('b'))
    expect(fake.forwarded.map((one) => one.headers)).toEqual([header('a')])
    expect(fake.services.record.headers).toEqual(header('b'))
  })

  it('goes on after a restart with the held records, their order and the time', () => {
    const settings = { type: 'left', graceMs: 10, bufferStore } as const
    const before = run(settings)
    before.send('k', 'A', 5)
    before.send('k', 'B', 12)
    const after = run(settings, [], before.fake)
    expect(after.send('k', 'late', 1)).toEqual(['k | late-undefined | 1'])
    after.send('k', 'C', 12)
    expect(after.send('k', 'end', 50)).toEqual(['k | A-undefined | 5', 'k | B-undefined | 12', 'k | C-undefined | 12'])
  })

  it('keeps values as their serde writes them', () => {
    const valueSerde = bufferedRecord(json<{ n: number }>()) as Serde<unknown>
    const settings = { graceMs: 1, bufferStore: { ...bufferStore, valueSerde }, select: undefined as never }
    const { fake, send } = run(settings, [[{ row: true }, 0]])
    send('k', { n: 1 }, 5)
    send('k', { n: 2 }, 9)
    expect(fake.forwarded.map(({ value }) => value)).toEqual([{ n: 1, row: true }])
  })
})
