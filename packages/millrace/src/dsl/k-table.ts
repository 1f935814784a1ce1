import type { TableStoreSpec } from '../plan/index.ts'
import type { Windowed } from '../ports/state-store.ts'
import { groupTable, type TableGroupOptions } from './group-table.ts'
import { type Handle, Handled, handleOf, storeFields } from './handle.ts'
import { type AnyForeignKeyJoin, type AnyTableJoin, joinForeignKey, joinTables } from './join-tables.ts'
import type { JoinForeignKeyOptions, JoinTablesOptions } from './join-options.ts'
import type { KGroupedTable } from './k-grouped-table.ts'
import { KStream } from './k-stream.ts'
import type { NameOption } from './options.ts'
import { type FlowingSerdes, keySerde, valueSerde } from './serdes-of.ts'
import type { StateOptions, TableOptions } from './stateful-options.ts'
import { suppress } from './suppress.ts'
import type { Suppressed, UntilTimeLimit } from './suppressed.ts'
import { cacheBytesOf } from './checked-option.ts'
import { tableStore } from './table-store.ts'
import type {
  ForeignKeyFault,
  OfPredicate,
  OfResult,
  SameKey,
  SyncResult,
  TopologyTypeError,
  TypeGiven,
} from './type-error.ts'

type Callback = (...args: never[]) => unknown

interface Materialized {
  readonly store: TableStoreSpec
  readonly isMaterialized: boolean
  readonly cacheBytes: number
}

/**
 * A table: the latest value per key, as a stream of updates. A null value deletes; deletions go on as such, and
 * callbacks are not called for them. An immutable handle, like KStream.
 */
export class KTable<K, V> extends Handled {
  /** Types only. */
  declare readonly row: readonly [K, V]

  /** Keeps the rows for which `predicate` holds; a row that no longer passes is deleted. */
  filter<Narrow extends V>(
    predicate: (value: V, key: K) => value is Narrow,
    options?: TableOptions<K, Narrow>,
  ): KTable<K, Narrow>
  filter(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filter()'>>,
    options?: TableOptions<K, V>,
  ): KTable<K, V>
  filter(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filter()'>>,
    options: TableOptions<K, V> = {},
  ): KTable<K, V> {
    const fields = this.#materialized('filter', options, true)
    return this.#then({ kind: 'table-filter', predicate: predicate, not: false, ...fields }, 'filter', options, true)
  }

  /** Keeps the rows for which `predicate` does not hold. */
  filterNot(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filterNot()'>>,
    options: TableOptions<K, V> = {},
  ): KTable<K, V> {
    const fields = this.#materialized('filterNot', options, true)
    return this.#then({ kind: 'table-filter', predicate: predicate, not: true, ...fields }, 'filterNot', options, true)
  }

  /** A new value per row. */
  mapValues<V2>(
    mapper: (
      value: V,
      key: K,
    ) =>
      | (V2 & SyncResult<V2, 'mapValues()'>)
      | TopologyTypeError<'mapValues() gives another type than its value serde is for'>,
    options: TableOptions<K, V2> = {},
  ): KTable<K, V2> {
    const fields = this.#materialized('mapValues', options, false)
    return this.#then({ kind: 'table-map-values', mapper: mapper, ...fields }, 'mapValues', options, false)
  }

  /** The updates as records; a deletion is a record with a null value. */
  toStream(options: NameOption = {}): KStream<K, V> {
    return new KStream(handleOf(this).add({ kind: 'to-stream' }, 'toStream', options, handleOf(this).serdes))
  }

  /**
   * Groups the rows by a new key, for aggregations that follow a row when it changes: the old value is subtracted
   * before the new one is added, also from one group to another. Rows whose new key or value is null are left out.
   */
  groupBy<K2, V2>(
    mapper: (row: {
      readonly key: K
      readonly value: V
    }) => { readonly key: K2; readonly value: V2 } | TopologyTypeError<OfResult<'groupBy()'>>,
    options: TableGroupOptions<NonNullable<K2>, NonNullable<V2>> = {},
  ): KGroupedTable<NonNullable<K2>, NonNullable<V2>> {
    return groupTable(handleOf(this), mapper as Callback, options)
  }

  /**
   * Joins with a table of the same key: either side's update gives a new row, with the later of the two timestamps. Or,
   * with `on`, by a key that this table's rows hold: each row follows the row that it names (KIP-213).
   */
  joinTable<K2, V2, const Type extends 'inner' | 'left', Result>(
    other: KTable<K2, V2>,
    options: JoinForeignKeyOptions<K, V, K2, V2, Type, Result>,
  ): KTable<K, Result>
  joinTable<K2, V2, const Type extends 'inner' | 'left' | 'outer' = never, Result = unknown, ForeignKey = K2>(
    other:
      | (KTable<K2, V2> &
          SameKey<
            K,
            K2,
            'tables of different key types join only with `on`, which gives a key of the other table from a row of this one'
          >)
      | TopologyTypeError<'joinTable() of a table joins with a table; call toTable() on a stream first'>,
    options: TypeGiven<Type> &
      JoinTablesOptions<K, V, V2, Type, Result> & {
        /** By a key that the rows hold; where the signature above does not fit, this one says why. */
        readonly on?: (value: V, key: K) => ForeignKey & ForeignKeyFault<ForeignKey, K2>
      },
  ): KTable<K, Result>
  joinTable<K2, V2>(
    other: KTable<K2, V2> | TopologyTypeError<string>,
    options:
      | JoinForeignKeyOptions<K, V, K2, V2, 'inner' | 'left', unknown>
      | JoinTablesOptions<K, V, V2, 'inner' | 'left' | 'outer', unknown>,
  ): KTable<K, unknown> {
    const [left, right] = [handleOf(this), handleOf(other as KTable<K2, V2>)]
    return new KTable(
      'on' in options
        ? joinForeignKey(left, right, options as AnyForeignKeyJoin)
        : joinTables(left, right, options as AnyTableJoin),
    )
  }

  /**
   * Holds updates back: `untilTimeLimit(wait)`, or, for a windowed aggregation, `untilWindowCloses()`, which gives each
   * window once. Stream time decides; without new input nothing goes. What waits stands in a store, which is logged
   * unless `logged` is false.
   */
  suppress(
    until: K extends Windowed<unknown>
      ? Suppressed
      : UntilTimeLimit | TopologyTypeError<'untilWindowCloses() needs the result of a windowed aggregation'>,
    options: StateOptions = {},
  ): KTable<K, V> {
    return new KTable(suppress(handleOf(this), until as Suppressed, options))
  }

  #materialized(operation: string, options: TableOptions<K, unknown>, keepsValue: boolean): Materialized {
    const at = handleOf(this)
    const key = keySerde(options.key, at.serdes)
    const value = valueSerde(options.value, keepsValue ? at.serdes : {})
    return {
      store: tableStore(storeFields(at.idOf(operation, options), options, key, value), options.versioned),
      isMaterialized: options.store !== undefined || options.versioned !== undefined,
      cacheBytes: cacheBytesOf(options),
    }
  }

  #then<V2>(
    node: Parameters<Handle['add']>[0],
    operation: string,
    options: TableOptions<K, unknown>,
    keepsValue: boolean,
  ): KTable<K, V2> {
    const { key, value } = handleOf(this).serdes
    const given = options as FlowingSerdes
    const serdes = { key: given.key ?? key, value: given.value ?? (keepsValue ? value : undefined) }
    return new KTable(handleOf(this).add(node, operation, options, serdes))
  }
}
