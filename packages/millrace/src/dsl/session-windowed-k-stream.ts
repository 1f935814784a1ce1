import type { SessionWindowsSpec } from '../plan/index.ts'
import type { Windowed } from '../ports/state-store.ts'
import { long, type Serde } from '../serde/index.ts'
import type { AggregateInput } from './aggregate-stream.ts'
import { aggregateSessions, type SessionOptions } from './aggregate-windows.ts'
import { type Handle, Handled, handleOf } from './handle.ts'
import type { Grouping, StreamAggregator } from './k-grouped-stream.ts'
import type { KTable } from './k-table.ts'
import type { OfAggregate, OfReducer, TopologyTypeError } from './type-error.ts'

type Callback = (...args: never[]) => unknown

/**
 * A grouped stream cut into sessions. When a record joins sessions, each old one is deleted downstream before the new
 * one comes; results have the session's end as their timestamp.
 */
export class SessionWindowedKStream<K, V> extends Handled {
  readonly #grouping: Grouping
  readonly #windows: SessionWindowsSpec

  constructor(at: Handle, grouping: Grouping, windows: SessionWindowsSpec) {
    super(at)
    this.#grouping = grouping
    this.#windows = windows
  }

  /** Records per key and session. */
  count(options: SessionOptions<K, V, number> = {}): KTable<Windowed<K>, number> {
    const inputs = this.#inputs((count: number) => count + 1)
    const merge = (left: number, right: number): number => left + right
    return aggregateSessions('count', inputs, this.#windows, { value: long(), ...options }, merge, () => 0)
  }

  /** Combines values of one type; also merges sessions. */
  reduce(
    reducer: (aggregate: V, value: V, key: K) => V | null | undefined | TopologyTypeError<OfReducer>,
    options: SessionOptions<K, V, V> = {},
  ): KTable<Windowed<K>, V> {
    const value = this.#grouping.value as Serde<V>
    const inputs = this.#inputs(reducer)
    return aggregateSessions('reduce', inputs, this.#windows, { value, ...options }, reducer as Callback)
  }

  /** Builds an aggregate of any type; `merge` joins the aggregates of two sessions that have become one. */
  aggregate<A>(
    options: SessionOptions<K, V, A> &
      StreamAggregator<K, V, A> & {
        readonly merge: (left: A, right: A, key: K) => A | TopologyTypeError<OfAggregate<'aggregate()'>>
      },
  ): KTable<Windowed<K>, A> {
    const { init, add, merge, ...rest } = options
    return aggregateSessions(
      'aggregate',
      this.#inputs(add as Callback),
      this.#windows,
      rest,
      merge as Callback,
      init as () => A,
    )
  }

  #inputs(aggregator: Callback): readonly AggregateInput[] {
    return [{ at: handleOf(this), grouping: this.#grouping, aggregator }]
  }
}
