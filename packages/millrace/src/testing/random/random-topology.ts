import * as fc from 'fast-check'
import { topology, type Topology } from '../../dsl/index.ts'
import { json, string } from '../../serde/index.ts'
import type { Pool, Step, Value, Variant } from './random-pipeline.ts'
import { streamSteps, tableSteps } from './stream-steps.ts'
import { windowSteps } from './window-steps.ts'

const steps = { ...tableSteps, ...streamSteps, ...windowSteps }
const serdes = { key: string(), value: json<Value>() }

/** A topology of two streams, a table and a global table, with an output behind every operation. */
export function randomTopology(operations: readonly Step[], variant: Variant = { cache: 0 }): Topology {
  return topology('random', (t) => {
    const pool: Pool = {
      streams: [t.source('s', serdes), t.source('s2', serdes)],
      tables: [t.table('t', { key: string(), value: json<number>(), store: 't' })],
      global: t.globalTable('g', { key: string(), value: json<number>(), store: 'g' }),
    }
    for (const step of operations) steps[step.operation]!(pool, step, variant)
    for (const [at, stream] of pool.streams.slice(2).entries()) stream.to(`stream-${at}`, serdes as never)
    for (const [at, table] of pool.tables.slice(1).entries()) table.toStream().to(`table-${at}`, serdes as never)
  })
}

/** Chains and trees of operations by these names. */
export function stepsOf(names: readonly string[], maxLength: number): fc.Arbitrary<Step[]> {
  const place = fc.nat({ max: 11 })
  const step = fc.record({ operation: fc.constantFrom(...names), a: place, b: place, n: fc.nat({ max: 7 }) })
  return fc.array(step, { minLength: 1, maxLength, size: 'max' })
}

export const anyStep: readonly string[] = Object.keys(steps)
export const tableStep: readonly string[] = Object.keys(tableSteps)

export interface RandomRecord {
  readonly topic: string
  readonly key: string | null
  readonly value: number | null
  readonly at: number
}

const key = fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 12 })
// Mostly in order, now and then late or far ahead.
const step = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 2, arbitrary: fc.integer({ min: -40, max: 60 }) },
)

export function recordsOf(topics: readonly string[], maxLength: number): fc.Arbitrary<RandomRecord[]> {
  const one = fc.record({
    topic: fc.constantFrom(...topics),
    key,
    value: fc.option(fc.nat({ max: 9 }), { freq: 7 }),
    step,
  })
  return fc.array(one, { minLength: 1, maxLength, size: 'max' }).map((records) => {
    let time = 50
    return records.map(({ topic, step: by, ...record }) => {
      time = Math.max(0, time + by)
      return { topic, ...record, at: time }
    })
  })
}
