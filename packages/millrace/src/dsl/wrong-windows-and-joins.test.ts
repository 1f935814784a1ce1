import { describe, expect, it } from 'vitest'
import {
  calendar,
  hopping,
  json,
  session,
  sessionStore,
  sliding,
  string,
  StreamsError,
  topology,
  type TopologyBuilder,
  tumbling,
  unlimited,
  versionedStore,
  windowStore,
} from '../index.ts'

const number = { value: json<number>() }
const grouped = (t: TopologyBuilder) => t.source('in', number).groupByKey()
const sum = (left: number, right: number): number => left + right
const serdes = { key: string(), value: string() }

/** What it takes, its code, what is said, and the definition. */
type Wrong = readonly [title: string, code: string, what: string, define: (t: TopologyBuilder) => unknown]

function faultOf(define: (t: TopologyBuilder) => unknown): StreamsError {
  try {
    topology('app', (t) => void define(t))
  } catch (thrown) {
    if (thrown instanceof StreamsError) return thrown
    throw thrown
  }
  throw new TypeError('nothing was thrown')
}

function areRefused(wrong: readonly Wrong[]): void {
  it.each(wrong)('%s', (_title, code, what, define) => {
    const fault = faultOf(define)
    expect([fault.code, fault.what]).toEqual([code, what])
    expect(fault.context.callSite).toMatch(/wrong-windows-and-joins\.test\.ts:\d+:\d+$/)
    expect(fault.hint).toMatch(/^[A-Z].{10,}\.$/)
  })
}

describe('windows that cannot be are refused', () => {
  areRefused([
    ['a size of 0', 'OPTION_INVALID', 'size is 0', () => tumbling(0)],
    ['a negative size', 'OPTION_INVALID', 'size is -5', () => tumbling(-5)],
    ['a size that is no whole number', 'OPTION_INVALID', 'size is 1.5', () => tumbling(1.5)],
    ['a size that is no number', 'OPTION_INVALID', 'size is NaN', () => hopping(Number.NaN, { advance: 1 })],
    ['an advance of 0', 'OPTION_INVALID', 'advance is 0', () => hopping(10, { advance: 0 })],
    ['an advance larger than the size', 'OPTION_INVALID', 'advance is 11', () => hopping(10, { advance: 11 })],
    ['a negative grace', 'OPTION_INVALID', 'grace is -1', () => tumbling(10, { grace: -1 })],
    [
      'a negative grace of hopping windows',
      'OPTION_INVALID',
      'grace is -1',
      () => hopping(10, { advance: 5, grace: -1 }),
    ],
    ['a negative difference', 'OPTION_INVALID', 'difference is -1', () => sliding(-1)],
    ['a negative grace of sliding windows', 'OPTION_INVALID', 'grace is -1', () => sliding(1, { grace: -1 })],
    ['a gap of 0', 'OPTION_INVALID', 'gap is 0', () => session(0)],
    ['a negative grace of sessions', 'OPTION_INVALID', 'grace is -1', () => session(1, { grace: -1 })],
    [
      'a negative grace of calendar windows',
      'OPTION_INVALID',
      'grace is -1',
      () => calendar('day', { zone: 'UTC', grace: -1 }),
    ],
    ['a negative start', 'OPTION_INVALID', 'start is -1', () => unlimited({ start: -1 })],
  ])
})

describe('a retention below what windows need is refused', () => {
  const least = (given: number, need: number): string =>
    `Option retention: retention is ${given} ms, but windows live for ${need} ms (size and grace)`
  areRefused([
    [
      'size and grace',
      'OPTION_INVALID',
      least(14, 15),
      (t) =>
        grouped(t)
          .windowedBy(tumbling(10, { grace: 5 }))
          .count({ retention: 14 }),
    ],
    [
      'twice the difference, and grace',
      'OPTION_INVALID',
      least(24, 25),
      (t) =>
        grouped(t)
          .windowedBy(sliding(10, { grace: 5 }))
          .count({ retention: 24 }),
    ],
    [
      'gap and grace',
      'OPTION_INVALID',
      least(14, 15),
      (t) =>
        grouped(t)
          .windowedBy(session(10, { grace: 5 }))
          .count({ retention: 14 }),
    ],
    [
      'those of a cogroup',
      'OPTION_INVALID',
      least(9, 10),
      (t) =>
        grouped(t)
          .cogroup<number>(sum)
          .aggregateWindowed(tumbling(10), { init: () => 0, retention: 9 }),
    ],
    [
      'one that is no whole number',
      'OPTION_INVALID',
      'retention is 1.5',
      (t) => grouped(t).windowedBy(tumbling(1)).count({ retention: 1.5 }),
    ],
    [
      'of a window store',
      'OPTION_INVALID',
      'retention is 9',
      () => windowStore({ name: 's', ...serdes, size: 10, retention: 9 }),
    ],
    [
      'of a session store',
      'OPTION_INVALID',
      'retention is 0',
      () => sessionStore({ name: 's', ...serdes, retention: 0 }),
    ],
    [
      'of a versioned store',
      'OPTION_INVALID',
      'history is -1',
      () => versionedStore({ name: 's', ...serdes, history: -1 }),
    ],
  ])

  it('and the least that they need is taken', () => {
    const define = (t: TopologyBuilder): void => {
      grouped(t)
        .windowedBy(sliding(10, { grace: 5 }))
        .count({ retention: 25 })
    }
    expect(() => topology('t', define)).not.toThrow()
  })
})

describe('joins that cannot be are refused', () => {
  const join = (t: TopologyBuilder, versioned: number | undefined, grace: number) => {
    const table = t.table<string, number>('rows', versioned === undefined ? { store: 'rows' } : { versioned })
    return t.source('in', number).joinTable(table, { type: 'inner', select: sum, grace })
  }
  const noVersions = 'joinTable() waits for its table (grace 10 ms), which keeps no versions'
  areRefused([
    [
      'a grace longer than the history of the table',
      'OPTION_INVALID',
      'joinTable() waits for 11 ms (grace), but its table keeps versions for 10 ms',
      (t) => join(t, 10, 11),
    ],
    ['a grace for a table without versions', 'OPTION_INVALID', noVersions, (t) => join(t, undefined, 10)],
    ['a negative grace', 'OPTION_INVALID', 'grace is -1', (t) => join(t, 10, -1)],
    [
      'a grace for a table that is kept anew without versions',
      'OPTION_INVALID',
      noVersions,
      (t) => {
        const table = t.table<string, number>('rows', { versioned: 100 }).mapValues((n) => n, { store: 'mapped' })
        return t.source('in', number).joinTable(table, { type: 'inner', select: sum, grace: 10 })
      },
    ],
    [
      'a grace for an aggregate',
      'OPTION_INVALID',
      noVersions,
      (t) => t.source('in', number).joinTable(grouped2(t), { type: 'inner', select: sum, grace: 10 }),
    ],
    ['a stream join without a window', 'OPTION_INVALID', 'joinStream() has no window', (t) => streams(t, {})],
    [
      'a window that ends before it begins',
      'OPTION_INVALID',
      'before + after is -1',
      (t) => streams(t, { before: 4, after: -5 }),
    ],
    ['a window that is no whole number', 'OPTION_INVALID', 'before is 0.5', (t) => streams(t, { within: 0.5 })],
    ['a negative grace of a stream join', 'OPTION_INVALID', 'grace is -1', (t) => streams(t, { within: 5, grace: -1 })],
  ])

  it('and a grace as long as the history of a table, behind a filter, is taken', () => {
    const define = (t: TopologyBuilder): void => {
      const table = t.table<string, number>('rows', { versioned: 10 }).filter((n) => n > 1)
      t.source('in', number).joinTable(table, { type: 'inner', select: sum, grace: 10 })
    }
    expect(() => topology('t', define)).not.toThrow()
  })

  function grouped2(t: TopologyBuilder) {
    return t.source('other', number).groupByKey().count({ store: 'counts' })
  }

  function streams(
    t: TopologyBuilder,
    window: { readonly [Name in 'within' | 'before' | 'after' | 'grace']?: number },
  ) {
    return t.source('a', number).joinStream(t.source('b', number), { type: 'inner', select: sum, ...window })
  }
})

describe('partition counts that contradict each other are refused', () => {
  const keyed = (t: TopologyBuilder, name: string, partitions: number) =>
    t.source(name, number).repartition({ name: `r-${name}`, partitions })
  const differ =
    /^repartition\(\) 'r-b' asks for 3 partitions and 'r-a' \(at .*:\d+:\d+\) for 2, but they are read together$/

  it.each<readonly [string, (t: TopologyBuilder) => unknown]>([
    [
      'in a join of streams',
      (t) => keyed(t, 'a', 2).joinStream(keyed(t, 'b', 3), { type: 'inner', within: 5, select: sum }),
    ],
    [
      'in a join with a table',
      (t) => keyed(t, 'a', 2).joinTable(keyed(t, 'b', 3).toTable(), { type: 'inner', select: sum }),
    ],
    ['in a merge', (t) => keyed(t, 'a', 2).merge(keyed(t, 'b', 3))],
  ])('%s', (_where, define) => {
    const fault = faultOf(define)
    expect(fault.code).toBe('PARTITIONS_DIFFER')
    expect(fault.what).toMatch(differ)
    expect(fault.context.callSite).toMatch(/wrong-windows-and-joins\.test\.ts/)
  })

  it('but not where nothing reads both', () => {
    const define = (t: TopologyBuilder): void => {
      keyed(t, 'a', 2).to('x')
      keyed(t, 'b', 3).to('x')
    }
    expect(() => topology('t', define)).not.toThrow()
  })

  areRefused([
    ['a count of 0', 'OPTION_INVALID', 'partitions is 0', (t) => t.source('a', number).repartition({ partitions: 0 })],
  ])
})
