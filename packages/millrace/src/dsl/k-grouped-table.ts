import { changed, long, type Serde } from '../serde/index.ts'
import { groupTopic } from './group-topic.ts'
import { type Handle, Handled, handleOf, storeFields, topicSafe } from './handle.ts'
import type { Grouping } from './k-grouped-stream.ts'
import { cacheBytesOf } from './checked-option.ts'
import { KTable } from './k-table.ts'
import type { AggregateOptions } from './stateful-options.ts'
import type { OfAggregate, TopologyTypeError } from './type-error.ts'

type Callback = (...args: never[]) => unknown

export interface TableAggregator<K, V, A> {
  readonly init: () => A | TopologyTypeError<OfAggregate<'aggregate()'>>
  /** Puts a row's new value in. Must not change the aggregate in place. null deletes it; undefined is an error. */
  readonly add: (aggregate: A, value: V, key: K) => A | null | undefined | TopologyTypeError<OfAggregate<'aggregate()'>>
  /** Takes a row's old value out; called before `add`, also when the group stays the same. */
  readonly subtract: (
    aggregate: A,
    value: V,
    key: K,
  ) => A | null | undefined | TopologyTypeError<OfAggregate<'aggregate()'>>
}

/** A table grouped by a new key. */
export class KGroupedTable<K, V> extends Handled {
  readonly #grouping: Grouping

  constructor(at: Handle, grouping: Grouping) {
    super(at)
    this.#grouping = grouping
  }

  /** Rows per group. */
  count(options: AggregateOptions<K, number> = {}): KTable<K, number> {
    const add = (count: number): number => count + 1
    const subtract = (count: number): number => count - 1
    return this.#aggregate('count', { value: long(), ...options }, add, subtract, () => 0)
  }

  /** Combines the values of a group; `subtract` takes a value out again. */
  reduce(
    reducer: {
      readonly add: (
        aggregate: V,
        value: V,
        key: K,
      ) => V | null | undefined | TopologyTypeError<OfAggregate<'reduce()'>>
      readonly subtract: (
        aggregate: V,
        value: V,
        key: K,
      ) => V | null | undefined | TopologyTypeError<OfAggregate<'reduce()'>>
    } & AggregateOptions<K, V>,
  ): KTable<K, V> {
    const { add, subtract, ...options } = reducer
    const value = this.#grouping.value as Serde<V>
    return this.#aggregate('reduce', { value, ...options }, add, subtract)
  }

  /** Builds an aggregate of any type. */
  aggregate<A>(options: AggregateOptions<K, A> & TableAggregator<K, V, A>): KTable<K, A> {
    const { init, add, subtract, ...rest } = options
    return this.#aggregate('aggregate', rest, add, subtract, init as () => A)
  }

  #aggregate<A>(
    operation: string,
    options: AggregateOptions<K, A>,
    add: Callback,
    subtract: Callback,
    init?: () => A,
  ): KTable<K, A> {
    const at = handleOf(this)
    const id = at.idOf(operation, options)
    const key = (options.key as Serde<unknown> | undefined) ?? this.#grouping.key
    const value = (options.value as Serde<unknown> | undefined) ?? this.#grouping.value
    // not implicit: a table that is re-keyed always has to go to another task
    const written = { value: changed(this.#grouping.value), isImplicit: false }
    const input = groupTopic(at, this.#grouping, topicSafe(options.store ?? id), written)
    const node = {
      kind: 'table-aggregate',
      add,
      subtract,
      store: { kind: 'timestamped-key-value', ...storeFields(id, options, key, value) },
      cacheBytes: cacheBytesOf(options),
      ...(init === undefined ? {} : { init }),
    } as const
    return new KTable(input.add(node, operation, options, { key, value }))
  }
}
