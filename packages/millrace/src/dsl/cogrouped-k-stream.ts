import type { SessionWindowsSpec, SlidingWindowsSpec, TimeWindowsSpec, CalendarWindowsSpec } from '../plan/index.ts'
import { type AggregateInput, aggregateStream } from './aggregate-stream.ts'
import { handleOf } from './handle.ts'
import type { KGroupedStream } from './k-grouped-stream.ts'
import type { KTable } from './k-table.ts'
import type { AggregateOptions } from './stateful-options.ts'
import { aggregateSessions, aggregateWindows, type SessionOptions, type WindowedOptions } from './aggregate-windows.ts'
import type { Windowed } from '../ports/state-store.ts'

type Callback = (...args: never[]) => unknown

/** Several grouped streams that go into one table, each with an aggregator of its own. All have the same key type. */
export class CogroupedKStream<K, A> {
  readonly #inputs: readonly AggregateInput[]

  constructor(inputs: readonly AggregateInput[]) {
    this.#inputs = inputs
  }

  /** One stream more. */
  cogroup<V>(
    stream: KGroupedStream<K, V>,
    add: (aggregate: A, value: V, key: K) => A | null | undefined,
  ): CogroupedKStream<K, A> {
    const input = { at: handleOf(stream), grouping: stream.grouping, aggregator: add as Callback }
    return new CogroupedKStream([...this.#inputs, input])
  }

  aggregate(options: AggregateOptions<K, A> & { readonly init: () => A }): KTable<K, A> {
    const { init, ...rest } = options
    return aggregateStream('cogroup', this.#inputs, rest, init)
  }

  /** The same per window. */
  aggregateWindowed(
    windows: TimeWindowsSpec | CalendarWindowsSpec | SlidingWindowsSpec,
    options: WindowedOptions<K, never, A> & { readonly init: () => A },
  ): KTable<Windowed<K>, A> {
    const { init, ...rest } = options
    return aggregateWindows('cogroup', this.#inputs, windows, rest, init)
  }

  /** The same per session; `merge` joins the aggregates of two sessions that have become one. */
  aggregateSessions(
    windows: SessionWindowsSpec,
    options: SessionOptions<K, never, A> & {
      readonly init: () => A
      readonly merge: (left: A, right: A, key: K) => A
    },
  ): KTable<Windowed<K>, A> {
    const { init, merge, ...rest } = options
    return aggregateSessions('cogroup', this.#inputs, windows, rest, merge as Callback, init)
  }
}
