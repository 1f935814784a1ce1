import type { SessionWindowsSpec } from '../plan/index.ts'
import { type AggregateInput, aggregateStream } from './aggregate-stream.ts'
import { handleOf } from './handle.ts'
import type { KGroupedStream } from './k-grouped-stream.ts'
import type { KTable } from './k-table.ts'
import type { AggregateOptions } from './stateful-options.ts'
import { aggregateSessions, aggregateWindows, type SessionOptions, type WindowedOptions } from './aggregate-windows.ts'
import type { OfAggregate, SameKey, TopologyTypeError } from './type-error.ts'
import type { Windowed } from '../ports/state-store.ts'
import type { WindowsSpec } from './windowed-k-stream.ts'

type Callback = (...args: never[]) => unknown

/** Several grouped streams that go into one table, each with an aggregator of its own. All have the same key type. */
export class CogroupedKStream<K, A> {
  readonly #inputs: readonly AggregateInput[]

  constructor(inputs: readonly AggregateInput[]) {
    this.#inputs = inputs
  }

  /** One stream more. */
  cogroup<K2, V>(
    stream: KGroupedStream<K2, V> &
      SameKey<K, K2, 'cogroup() needs all streams to be grouped by the same key type; groupBy() another key first'>,
    add: (aggregate: A, value: V, key: K) => A | null | undefined | TopologyTypeError<OfAggregate<'cogroup()'>>,
  ): CogroupedKStream<K, A> {
    const at = this.#inputs[0]!.at.sameTopology(handleOf(stream), 'cogroup')
    const input = { at, grouping: stream.grouping, aggregator: add as Callback }
    return new CogroupedKStream([...this.#inputs, input])
  }

  aggregate(
    options: AggregateOptions<K, A> & { readonly init: () => A | TopologyTypeError<OfAggregate<'cogroup()'>> },
  ): KTable<K, A> {
    const { init, ...rest } = options
    return aggregateStream('cogroup', this.#inputs, rest, init as () => A)
  }

  /** The same per window. */
  aggregateWindowed(
    windows:
      | WindowsSpec
      | TopologyTypeError<'aggregateWindowed() takes tumbling(), hopping(), sliding(), calendar() or unlimited(); use aggregateSessions() for session()'>,
    options: WindowedOptions<K, never, A> & { readonly init: () => A | TopologyTypeError<OfAggregate<'cogroup()'>> },
  ): KTable<Windowed<K>, A> {
    const { init, ...rest } = options
    return aggregateWindows('cogroup', this.#inputs, windows as WindowsSpec, rest, init as () => A)
  }

  /** The same per session; `merge` joins the aggregates of two sessions that have become one. */
  aggregateSessions(
    windows: SessionWindowsSpec,
    options: SessionOptions<K, never, A> & {
      readonly init: () => A | TopologyTypeError<OfAggregate<'cogroup()'>>
      readonly merge: (left: A, right: A, key: K) => A | TopologyTypeError<OfAggregate<'cogroup()'>>
    },
  ): KTable<Windowed<K>, A> {
    const { init, merge, ...rest } = options
    return aggregateSessions('cogroup', this.#inputs, windows, rest, merge as Callback, init as () => A)
  }
}
