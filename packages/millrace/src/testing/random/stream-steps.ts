import { untilTimeLimit } from '../../dsl/index.ts'
import { json, string } from '../../serde/index.ts'
import {
  addStream,
  addTable,
  combined,
  joinTypes,
  type Pool,
  type Step,
  streamAt,
  tableAt,
  type Value,
  type Variant,
} from './random-pipeline.ts'

type Apply = (pool: Pool, step: Step, variant: Variant) => void

const key = string()
const value = json<Value>()

/** Operations whose result does not depend on how often an equal update is repeated. */
export const tableSteps: Readonly<Record<string, Apply>> = {
  toTable: (pool, { a, n }, { cache }) => {
    const versioned = n % 3 === 0 ? { versioned: 200 } : { cache }
    addTable(pool, streamAt(pool, a).toTable({ key, value, ...versioned }))
  },
  count: (pool, { a }, { cache }) => {
    addTable(pool, streamAt(pool, a).groupByKey({ key, value }).count({ cache }))
  },
  countBy: (pool, { a, n }, { cache }) => {
    const grouped = streamAt(pool, a).groupBy((v) => (v === null ? null : String(v % (n + 2))), { key, value })
    addTable(pool, grouped.count({ cache }))
  },
  reduce: (pool, { a }, { cache }) => {
    const grouped = streamAt(pool, a).groupByKey({ key, value })
    addTable(
      pool,
      grouped.reduce((sum, v) => (sum ?? 0) + (v ?? 0), { cache }),
    )
  },
  tableFilter: (pool, { a, n }, { cache }) => {
    addTable(
      pool,
      tableAt(pool, a).filter((v) => v % 3 !== n % 3, n % 2 === 0 ? { store: `f-${pool.tables.length}`, cache } : {}),
    )
  },
  tableMapValues: (pool, { a, n }, { cache }) => {
    addTable(
      pool,
      tableAt(pool, a).mapValues((v) => v + n, n % 2 === 0 ? { store: `m-${pool.tables.length}`, cache } : {}),
    )
  },
  tableGroup: (pool, { a, n }, { cache }) => {
    const grouped = tableAt(pool, a).groupBy(
      ({ key: k, value: v }) => ({ key: n % 2 === 0 ? String(v % 3) : `${k}!`, value: v }),
      {
        key,
        value: json<number>(),
      },
    )
    addTable(
      pool,
      grouped.aggregate({
        init: () => 0,
        add: (sum, v) => sum + 1000 + v,
        // an empty group is gone, so that it makes no difference whether it ever was
        subtract: (sum, v) => (sum - 1000 - v || null) as never,
        value: json<number>(),
        cache,
      }),
    )
  },
  tableJoin: (pool, { a, b, n }, { cache }) => {
    const type = joinTypes[n % 3]!
    addTable(
      pool,
      tableAt(pool, a).joinTable(tableAt(pool, b), { type, select: combined, value: json<number>(), cache }),
    )
  },
  foreignKeyJoin: (pool, { a, b, n }, { cache }) => {
    const on = (v: number): string | null => (v % 4 === 3 ? null : 'abc'.charAt(v % 4))
    const type = n % 2 === 0 ? 'inner' : 'left'
    addTable(
      pool,
      tableAt(pool, a).joinTable(tableAt(pool, b), { type, on, select: combined, value: json<number>(), cache }),
    )
  },
}

/** Operations on streams: each record counts. */
export const streamSteps: Readonly<Record<string, Apply>> = {
  filter: (pool, { a, n }) =>
    addStream(
      pool,
      streamAt(pool, a).filter((v) => (v ?? 0) % 3 !== n % 3),
    ),
  mapValues: (pool, { a, n }) =>
    addStream(
      pool,
      streamAt(pool, a).mapValues((v) => (v ?? 0) * 2 + n),
    ),
  flatMapValues: (pool, { a }) => {
    addStream(
      pool,
      streamAt(pool, a).flatMapValues((v) => ((v ?? 0) % 2 === 0 ? [v, 1] : [])),
    )
  },
  selectKey: (pool, { a, n }) => {
    addStream(
      pool,
      streamAt(pool, a).selectKey((v) => (v === null || v % 5 === 4 ? null : String(v % (n + 1)))),
    )
  },
  map: (pool, { a }) => {
    addStream(
      pool,
      streamAt(pool, a).map(({ key: k, value: v }) => ({ key: k === null ? 'none' : `${k}x`, value: v })),
    )
  },
  merge: (pool, { a, b }) => addStream(pool, streamAt(pool, a).merge(streamAt(pool, b))),
  repartition: (pool, { a }) => addStream(pool, streamAt(pool, a).repartition({ key, value })),
  split: (pool, { a, n }) => {
    const { even, rest } = streamAt(pool, a).split({ even: (v) => ((v ?? 0) + n) % 2 === 0 }, { otherwise: 'rest' })
    addStream(pool, even)
    addStream(pool, rest)
  },
  toStream: (pool, { a }) => addStream(pool, tableAt(pool, a).toStream()),
  suppressTime: (pool, { a, n }) => {
    const bounds = n % 2 === 0 ? { maxRecords: 2 } : {}
    const counts = streamAt(pool, a).groupByKey({ key, value }).count()
    addStream(pool, counts.suppress(untilTimeLimit(n * 5, bounds)).toStream())
  },
  joinTable: (pool, { a, b, n }) => {
    const type = n % 2 === 0 ? 'inner' : 'left'
    addStream(pool, streamAt(pool, a).joinTable(tableAt(pool, b), { type, select: combined, key, value }))
  },
  joinWithGrace: (pool, { a, b, n }) => {
    const table = streamAt(pool, b).toTable({ key, value, versioned: 200 })
    const type = n % 2 === 0 ? 'inner' : 'left'
    addStream(pool, streamAt(pool, a).joinTable(table, { type, grace: n * 5, select: combined, key, value }))
  },
  joinGlobal: (pool, { a, n }) => {
    const on = (v: Value): string | null => (v === null ? null : 'abcd'.charAt(v % 4))
    const type = n % 2 === 0 ? 'inner' : 'left'
    addStream(pool, streamAt(pool, a).joinTable(pool.global, { type, on, select: combined }))
  },
  joinStream: (pool, { a, b, n }) => {
    const type = joinTypes[n % 3]!
    const window = { within: 5 * (n % 4), grace: n % 2 === 0 ? 0 : 10 }
    const serdes = { key, leftValue: value, rightValue: value }
    addStream(pool, streamAt(pool, a).joinStream(streamAt(pool, b), { type, ...window, select: combined, ...serdes }))
  },
}
