import type { GlobalKTable, KStream, KTable } from '../../dsl/index.ts'

export type Key = string | null
/** Callbacks meet null, too: the tombstones of a table's stream, and values that a test sends. */
export type Value = number | null

/** What is there to go on from; every operation adds what it gives. */
export interface Pool {
  readonly streams: KStream<Key, Value>[]
  readonly tables: KTable<string, number>[]
  readonly global: GlobalKTable<string, number>
}

/** How a topology is run, without a change of what it says. */
export interface Variant {
  /** Bytes of every record cache. */
  readonly cache: number
}

/** One operation on members of the pool, chosen by `a` and `b`; `n` varies it. */
export interface Step {
  readonly operation: string
  readonly a: number
  readonly b: number
  readonly n: number
}

export function streamAt(pool: Pool, at: number): KStream<Key, Value> {
  return pool.streams[at % pool.streams.length]!
}

export function tableAt(pool: Pool, at: number): KTable<string, number> {
  return pool.tables[at % pool.tables.length]!
}

/** Handles are invariant in their types; what a step gives is narrower than the pool says. */
export function addStream(pool: Pool, stream: unknown): void {
  pool.streams.push(stream as KStream<Key, Value>)
}

export function addTable(pool: Pool, table: unknown): void {
  pool.tables.push(table as KTable<string, number>)
}

export const joinTypes = ['inner', 'left', 'outer'] as const

export function combined(left: Value | undefined, right: Value | undefined): number {
  return (left ?? 100) * 7 + (right ?? 50)
}
