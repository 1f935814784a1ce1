import type { NameOption } from './options.ts'
import type { StateOptions } from './stateful-options.ts'
import type { Serde } from '../serde/index.ts'
import type { Flat, SyncResult } from './type-error.ts'

/** A value with the fields of a row: under 'left' they may be missing. */
export type WithRow<V, Row, Type extends 'inner' | 'left'> = Flat<
  Omit<V, keyof Row> & (Type extends 'left' ? Partial<Row> : Row)
>

interface TypeOption<Type> {
  /** 'inner' drops a record that matches no row (`records-dropped` counts it), 'left' keeps it. */
  readonly type: Type
}

interface SelectOption<K, V, Row, Type, Result> {
  /**
   * Called per matching row; under 'left' once with `undefined` when there is none. Default: the value with the row's
   * fields added, which is also the fastest way (on Node 20 many times faster than `{ ...value, ...row }`).
   */
  readonly select?: (
    value: V,
    row: Type extends 'left' ? Row | undefined : Row,
    key: K,
  ) => Result & SyncResult<Result, 'joinTable()'>
}

/** With a global or static table. */
export interface JoinByKeyOptions<K, V, TableKey, Row, Type extends 'inner' | 'left', Result>
  extends NameOption, TypeOption<Type>, SelectOption<K, V, Row, Type, Result> {
  /** The table's key of a record. */
  readonly on: (value: V, key: K) => TableKey
}

/** With a table of the same key. */
export interface JoinTableOptions<K, V, Row, Type extends 'inner' | 'left', Result>
  extends NameOption, TypeOption<Type>, SelectOption<K, V, Row, Type, Result> {
  /**
   * Stream records wait so long (ms of the stream's own time) for updates of the table. Needs a versioned table whose
   * history is at least as long. Default: no wait.
   */
  readonly grace?: number
  /** For the internal topic, when the stream's key has changed. */
  readonly key?: Serde<NonNullable<K>>
  readonly value?: Serde<V>
}

export interface JoinStreamOptions<K, V, V2, Type extends 'inner' | 'left' | 'outer', Result> extends NameOption {
  readonly type: Type
  /** Largest distance in event time, ms, both ways, inclusive; or give `before` and `after`. */
  readonly within?: number
  /** How much earlier than the left record the right one may be, ms. Default: `within`. */
  readonly before?: number
  /** How much later than the left record the right one may be, ms. Default: `within`. */
  readonly after?: number
  /** How long after the window's end late records still join, ms of stream time. Default 0. */
  readonly grace?: number
  readonly select: (
    left: Type extends 'outer' ? V | undefined : V,
    right: Type extends 'inner' ? V2 : V2 | undefined,
    key: K,
  ) => Result
  /** Names the stores and internal topics; also where they live. */
  readonly store?: string
  readonly storage?: 'memory' | 'persistent'
  readonly logged?: boolean
  readonly key?: Serde<NonNullable<K>>
  readonly leftValue?: Serde<V>
  readonly rightValue?: Serde<V2>
}

/** Table with table, by the same key. */
export interface JoinTablesOptions<K, V, V2, Type extends 'inner' | 'left' | 'outer', Result> extends StateOptions {
  readonly type: Type
  readonly select: (
    left: Type extends 'outer' ? V | undefined : V,
    right: Type extends 'inner' ? V2 : V2 | undefined,
    key: K,
  ) => Result
  readonly cache?: number
  readonly value?: Serde<Result & {}>
}

/** Table with table, by a key that the left rows hold (KIP-213). */
export interface JoinForeignKeyOptions<K, V, K2, V2, Type extends 'inner' | 'left', Result> extends StateOptions {
  readonly type: Type
  /** The right table's key of a left row; null or undefined for none. */
  readonly on: (value: V, key: K) => K2 | null | undefined
  readonly select: (left: V, right: Type extends 'left' ? V2 | undefined : V2) => Result
  readonly cache?: number
  readonly value?: Serde<Result & {}>
}
