import type { Serde } from '../serde/index.ts'
import type { LookupTableSpec } from '../ports/lookup-table.ts'
import type { GlobalKTable } from './global-k-table.ts'
import type { KTable } from './k-table.ts'
import type { NameOption } from './options.ts'
import type { StateOptions } from './stateful-options.ts'
import type { Flat, OfKeySerde, OfValueSerde, SameKey, SyncResult, TopologyTypeError } from './type-error.ts'

/** A value with the fields of a row: under 'left' they may be missing. */
export type WithRow<V, Row, Type extends 'inner' | 'left'> = Flat<
  Omit<V, keyof Row> & ('left' extends Type ? Partial<Row> : Row)
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
    row: 'left' extends Type ? Row | undefined : Row,
    key: K,
  ) => [Type] extends [never] ? unknown : Result & SyncResult<Result, 'joinTable()'>
}

/** With a global or static table. */
export interface JoinByKeyOptions<K, V, TableKey, Row, Type extends 'inner' | 'left', Result>
  extends NameOption, TypeOption<Type>, SelectOption<K, V, Row, Type, Result> {
  /** The table's key of a record; null or undefined for none. */
  readonly on: (
    value: V,
    key: K,
  ) =>
    | TableKey
    | null
    | undefined
    | TopologyTypeError<'`on` gives a key of the table, or null, at once: its keys are of another type'>
}

/** With a table of the same key. */
export interface JoinTableOptions<K, V, Row, Type extends 'inner' | 'left', Result>
  extends NameOption, TypeOption<Type>, SelectOption<K, V, Row, Type, Result> {
  readonly on?: TopologyTypeError<'a KTable is joined by the key of the record: leave out `on`, and call selectKey() first'>
  /**
   * Stream records wait so long (ms of the stream's own time) for updates of the table. Needs a versioned table whose
   * history is at least as long. Default: no wait.
   */
  readonly grace?: number
  /** For the internal topic, when the stream's key has changed. */
  readonly key?: Serde<NonNullable<K>> | TopologyTypeError<OfKeySerde>
  readonly value?: Serde<V> | TopologyTypeError<OfValueSerde>
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
    left: 'outer' extends Type ? V | undefined : V,
    right: [Type] extends ['inner'] ? V2 : V2 | undefined,
    key: K,
  ) => Result & SyncResult<Result, 'joinStream()'>
  /** Names the stores and internal topics; also where they live. */
  readonly store?: string
  readonly storage?: 'memory' | 'persistent'
  readonly logged?: boolean
  readonly key?: Serde<NonNullable<K>> | TopologyTypeError<OfKeySerde>
  readonly leftValue?: Serde<V> | TopologyTypeError<OfValueSerde>
  readonly rightValue?: Serde<V2> | TopologyTypeError<OfValueSerde>
}

/** The rows of any table. */
export type RowOf<Table> =
  Table extends KTable<infer _Key, infer Row>
    ? Row
    : Table extends GlobalKTable<infer _Key, infer Row>
      ? Row
      : Table extends LookupTableSpec<infer _Key, infer Row>
        ? Row
        : never

/** The options of `joinTable()` by the kind of its table. */
export type JoinOptionsOf<K, V, Table, Type extends 'inner' | 'left', Result> =
  Table extends KTable<infer _Key, infer Row>
    ? JoinTableOptions<K, V, Row, Type, Result>
    : Table extends GlobalKTable<infer TableKey, infer Row>
      ? JoinByKeyOptions<K, V, TableKey, Row, Type, Result>
      : Table extends LookupTableSpec<infer TableKey, infer Row>
        ? JoinByKeyOptions<K, V, TableKey, Row, Type, Result>
        : never

/** `unknown` for a table that a stream of keys `K` can join, else the sentence. */
export type TableFault<K, Table> =
  Table extends KTable<infer TableKey, infer _Row>
    ? SameKey<K, TableKey>
    : Table extends GlobalKTable<infer _Key, infer _Row> | LookupTableSpec<infer _Key, infer _Row>
      ? unknown
      : TopologyTypeError<'joinTable() joins with a table; use joinStream() for a stream'>

/** Table with table, by the same key. */
export interface JoinTablesOptions<K, V, V2, Type extends 'inner' | 'left' | 'outer', Result> extends StateOptions {
  readonly type: Type
  readonly select: (
    left: 'outer' extends Type ? V | undefined : V,
    right: [Type] extends ['inner'] ? V2 : V2 | undefined,
    key: K,
  ) => Result & SyncResult<Result, 'joinTable()'>
  readonly cache?: number
  readonly value?: Serde<Result & {}> | TopologyTypeError<OfValueSerde>
}

/** Table with table, by a key that the left rows hold (KIP-213). */
export interface JoinForeignKeyOptions<K, V, K2, V2, Type extends 'inner' | 'left', Result> extends StateOptions {
  readonly type: Type
  /** The right table's key of a left row; null or undefined for none. */
  readonly on: (value: V, key: K) => K2 | null | undefined
  readonly select: (
    left: V,
    right: 'left' extends Type ? V2 | undefined : V2,
  ) => Result & SyncResult<Result, 'joinTable()'>
  readonly cache?: number
  readonly value?: Serde<Result & {}> | TopologyTypeError<OfValueSerde>
}
