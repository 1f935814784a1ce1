import type { SessionWindowsSpec } from '../plan/index.ts'
import { long, type Serde } from '../serde/index.ts'
import { type AggregateInput, aggregateStream } from './aggregate-stream.ts'
import { CogroupedKStream } from './cogrouped-k-stream.ts'
import { type Handle, Handled, handleOf } from './handle.ts'
import type { KTable } from './k-table.ts'
import { SessionWindowedKStream } from './session-windowed-k-stream.ts'
import type { AggregateOptions } from './stateful-options.ts'
import type { OfAggregate, OfReducer, TopologyTypeError } from './type-error.ts'
import { WindowedKStream, type WindowsSpec } from './windowed-k-stream.ts'

type Callback = (...args: never[]) => unknown

/** How a stream was grouped. Not public. */
export interface Grouping {
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  /** The name that the user gave the internal topic. */
  readonly repartition?: string
}

export interface StreamAggregator<K, V, A> {
  /** The aggregate of a key before its first record. */
  readonly init: () => A | TopologyTypeError<OfAggregate<'aggregate()'>>
  /** The new aggregate; must not change the old one in place. null deletes it; undefined is an error. */
  readonly add: (aggregate: A, value: V, key: K) => A | null | undefined | TopologyTypeError<OfAggregate<'aggregate()'>>
}

/** A stream grouped by key: what aggregations start from. Records with a null key or value are dropped and counted. */
export class KGroupedStream<K, V> extends Handled {
  readonly grouping: Grouping

  constructor(at: Handle, grouping: Grouping) {
    super(at)
    this.grouping = grouping
  }

  /** Records per key. */
  count(options: AggregateOptions<K, number> = {}): KTable<K, number> {
    const input = this.#input((count: number) => count + 1)
    return aggregateStream('count', [input], { value: long(), ...options }, () => 0)
  }

  /** Combines values of one type; the first value of a key is its first aggregate. */
  reduce(
    reducer: (aggregate: V, value: V, key: K) => V | null | undefined | TopologyTypeError<OfReducer>,
    options: AggregateOptions<K, V> = {},
  ): KTable<K, V> {
    const { value } = this.grouping
    return aggregateStream('reduce', [this.#input(reducer as Callback)], { value: value as Serde<V>, ...options })
  }

  /** Builds an aggregate of any type. */
  aggregate<A>(options: AggregateOptions<K, A> & StreamAggregator<K, V, A>): KTable<K, A> {
    const { init, add, ...rest } = options
    return aggregateStream('aggregate', [this.#input(add as Callback)], rest, init as () => A)
  }

  /** Aggregates per key and window: of fixed size, of a calendar, sliding, or without end. */
  windowedBy<Windows extends WindowsSpec>(windows: Windows): WindowedKStream<K, V, Windows['kind']>
  /** Aggregates per key and session. */
  windowedBy(
    windows:
      | SessionWindowsSpec
      | TopologyTypeError<'windowedBy() takes windows: tumbling(), hopping(), sliding(), session(), calendar() or unlimited()'>,
  ): SessionWindowedKStream<K, V>
  windowedBy(
    windows: WindowsSpec | SessionWindowsSpec | TopologyTypeError<string>,
  ): WindowedKStream<K, V> | SessionWindowedKStream<K, V> {
    const given = windows as WindowsSpec | SessionWindowsSpec
    if (given.kind === 'session') return new SessionWindowedKStream(handleOf(this), this.grouping, given)
    return new WindowedKStream(handleOf(this), this.grouping, given)
  }

  /** Begins an aggregation of several streams into one table; add more with `cogroup` on the result. */
  cogroup<A>(
    add: (aggregate: A, value: V, key: K) => A | null | undefined | TopologyTypeError<OfAggregate<'cogroup()'>>,
  ): CogroupedKStream<K, A> {
    return new CogroupedKStream<K, A>([this.#input(add)])
  }

  #input(aggregator: Callback): AggregateInput {
    return { at: handleOf(this), grouping: this.grouping, aggregator }
  }
}
