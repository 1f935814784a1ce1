import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  json,
  type KStream,
  keyValueStore,
  lookupTable,
  string,
  topology,
  type TopologyBuilder,
  tumbling,
  untilTimeLimit,
} from '../../index.ts'
import { compile } from '../index.ts'

const number = { value: json<number>() }
const names = lookupTable('names', [['a', { title: 'A' }]])

type Numbers = KStream<string | null, number>

interface AnyStream {
  repartition(options: { readonly name: string }): unknown
}

/** What the sinks of internal topics say: the topic, and why their records carry no origin. */
function sinksOf(define: (t: TopologyBuilder) => void): readonly (readonly [topic: string, reason?: string])[] {
  const { subTopologies } = compile(topology('t', define).plan)
  return subTopologies.flatMap((sub) =>
    sub.nodes.flatMap((node) => {
      if (node.kind !== 'repartition-sink') return []
      expect(node.carriesOrigin).toBe(node.noOriginBecause === undefined)
      return [
        node.noOriginBecause === undefined ? ([node.topic] as const) : ([node.topic, node.noOriginBecause] as const),
      ]
    }),
  )
}

const afterSource = (operations: (stream: Numbers, t: TopologyBuilder) => AnyStream) =>
  sinksOf((t) => {
    operations(t.source('in', number), t).repartition({ name: 'r' })
  })[0]!

describe('records of an internal topic carry their origin', () => {
  it.each<readonly [string, Parameters<typeof afterSource>[0]]>([
    ['behind stateless operations', (s) => s.filter(() => true).flatMap(({ key, value }) => [{ key, value }])],
    ['behind several paths', (s) => s.merge(s.mapValues((n) => n + 1))],
    ['behind an aggregation', (s) => s.groupByKey().count().toStream()],
    [
      'behind windows that close, and updates held back, by stream time',
      (s) =>
        s
          .groupByKey()
          .windowedBy(tumbling(10))
          .count({ emit: 'on-window-close' })
          .suppress(untilTimeLimit(5))
          .toStream()
          .map(({ key, value }) => ({ key: key.key, value })),
    ],
    ['behind calls that are answered in order', (s) => s.mapValuesAsync(async (n) => n)],
    ['behind one parse', (s) => s.parse(z.number())],
    ['behind a self join', (s) => s.joinStream(s, { type: 'inner', within: 5, select: (a) => a })],
    [
      'behind a cache that is never opened',
      (s) =>
        s
          .toTable()
          .mapValues((n) => n, { cache: 100 })
          .toStream(),
    ],
    ['behind another such topic', (s) => s.selectKey(String).repartition({ name: 'first' })],
  ])('%s', (_where, operations) => {
    expect(afterSource(operations)).toEqual([expect.stringMatching(/^t-(r|first)-repartition$/)])
  })
})

describe('records of an internal topic carry no origin', () => {
  it.each<readonly [string, Parameters<typeof afterSource>[0], string]>([
    ['two topics', (s, t) => s.merge(t.source('other', number)), 'in and other interleave before it'],
    [
      'a record cache',
      (s) => s.groupByKey().count({ cache: 1_000, name: 'cached' }).toStream(),
      'cached gathers updates until a commit',
    ],
    [
      'an outer join',
      (s) => s.joinStream(s, { type: 'outer', within: 5, select: (a) => a ?? 0, name: 'outer' }),
      'outer lets unmatched records go when it looks for them',
    ],
    [
      'a processor',
      (s) => s.process<string, number>(() => ({ process() {} }), { name: 'mine' }),
      'mine is a processor of your own, which may send at any time',
    ],
    [
      'a processor of values',
      (s) => s.processValues<number>(() => ({ process() {} }), { name: 'mine' }),
      'mine is a processor of your own, which may send at any time',
    ],
    [
      'windows that close when nothing comes',
      (s) =>
        s
          .groupByKey()
          .windowedBy(tumbling(10))
          .count({ emit: 'on-window-close', closeOnIdle: 1_000, name: 'windows' })
          .toStream()
          .map(({ key, value }) => ({ key: key.key, value })),
      'windows closes windows by the wall clock',
    ],
    [
      'calls on one of several paths',
      (s) => s.merge(s.mapValuesAsync(async (n) => n, { name: 'called' })),
      'records reach it by several paths, and not in the same order behind called',
    ],
    [
      'a parse before several paths',
      (s) => {
        const parsed = s.parse(z.number(), { name: 'parsed' })
        return parsed.merge(parsed)
      },
      'records reach it by several paths, and not in the same order behind parsed',
    ],
    [
      'rows that may change on one of several paths',
      (s) => s.merge(s.joinTable(names, { type: 'inner', on: () => 'a', select: (n) => n, name: 'looked-up' })),
      'records reach it by several paths, and not in the same order behind looked-up',
    ],
    [
      'a join that waits',
      (s) =>
        s.joinTable(s.toTable({ versioned: 100 }), {
          type: 'inner',
          grace: 10,
          select: (a, b) => a + b,
          name: 'waits',
        }),
      'waits lets records go later than they came',
    ],
    ['several topics of one source', (_s, t) => t.source(['a', 'b'], number), 'a and b interleave before it'],
    ['a pattern', (_s, t) => t.source(/^in-/, number), 'its pattern may match several topics, which interleave'],
  ])('behind %s', (_what, operations, reason) => {
    const sinks = sinksOf((t) => {
      operations(t.source('in', number), t).repartition({ name: 'r' })
    })
    expect(sinks.find(([topic]) => topic === 't-r-repartition')).toEqual(['t-r-repartition', reason])
  })

  it('behind a topic whose records carry none', () => {
    const sinks = sinksOf((t) => {
      t.source('a', number)
        .merge(t.source('b', number))
        .selectKey(String)
        .repartition({ name: 'first' })
        .selectKey(String)
        .repartition({ name: 'second' })
    })
    expect(sinks).toEqual([
      ['t-first-repartition', 'a and b interleave before it'],
      ['t-second-repartition', 't-first-repartition may hold records twice: a and b interleave before it'],
    ])
  })

  it('behind stores that a processor shares with another input', () => {
    const sinks = sinksOf((t) => {
      const shared = t.store(keyValueStore({ name: 'shared', key: string(), value: string() }))
      const options = { stores: { shared } }
      t.source('a', number).process(() => ({ process() {} }), options)
      const b = t.source('b', number)
      b.process(() => ({ process() {} }), options)
      b.groupBy(String, { name: 'r' }).count()
    })
    expect(sinks).toEqual([['t-r-repartition', 'a and b interleave before it']])
  })
})

describe('explain', () => {
  it('says of every store whether a crash can double what it counts, and why', () => {
    const text = topology('t', (t) => {
      const a = t.source('a', number)
      a.groupByKey().count({ store: 'direct' })
      a.groupBy(String, { name: 'one-input' }).count({ store: 'exact' })
      t.source('b', number)
        .merge(t.source('c', number))
        .groupBy(String, { name: 'two-inputs' })
        .count({ store: 'doubled' })
        .toStream()
        .to('x')
      a.groupByKey().count({ store: 'forgotten', logged: false })
    }).explain()
    const said = (store: string) =>
      /after crash +(.*)/.exec(text.slice(text.indexOf(`store        ${store}`)).split('·')[0]!)?.[1]
    expect(said('direct')).toBe('exact under at-least-once')
    expect(said('exact')).toBe('exact under at-least-once')
    expect(said('doubled')).toBe('at-least-once may double (b and c interleave before it); use exactly-once')
    expect(said('forgotten')).toBeUndefined()
    expect(text).toContain('and the reader cannot tell: b and c interleave before it')
  })

  it('does not blame a store for what only others of its task read', () => {
    const text = topology('t', (t) => {
      const rows = t.table('rows', { store: 'rows', ...number })
      const merged = t.source('b', number).merge(t.source('c', number))
      merged
        .selectKey(String)
        .joinTable(rows, { type: 'inner', name: 'joined', select: (value) => value })
        .groupByKey()
        .count({ store: 'counts' })
    }).explain()
    const said = (store: string) =>
      /after crash +(.*)/.exec(text.slice(text.indexOf(`store        ${store}`)).split('·')[0]!)?.[1]
    expect(said('rows')).toBe('exact under at-least-once')
    expect(said('counts')).toMatch(/^at-least-once may double/)
  })
})
