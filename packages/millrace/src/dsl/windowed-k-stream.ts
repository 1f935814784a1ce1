import type { CalendarWindowsSpec, SlidingWindowsSpec, TimeWindowsSpec, UnlimitedWindowsSpec } from '../plan/index.ts'
import type { Windowed } from '../ports/state-store.ts'
import { long, type Serde } from '../serde/index.ts'
import { aggregateWindows, type WindowedOptions } from './aggregate-windows.ts'
import type { AggregateInput } from './aggregate-stream.ts'
import { type Handle, Handled, handleOf } from './handle.ts'
import type { Grouping, StreamAggregator } from './k-grouped-stream.ts'
import type { KTable } from './k-table.ts'
import type { SyncResult } from './type-error.ts'

type Callback = (...args: never[]) => unknown

/** A grouped stream cut into windows. The keys of the result carry their window. */
export class WindowedKStream<K, V> extends Handled {
  readonly #grouping: Grouping
  readonly #windows: TimeWindowsSpec | CalendarWindowsSpec | SlidingWindowsSpec | UnlimitedWindowsSpec

  constructor(
    at: Handle,
    grouping: Grouping,
    windows: TimeWindowsSpec | CalendarWindowsSpec | SlidingWindowsSpec | UnlimitedWindowsSpec,
  ) {
    super(at)
    this.#grouping = grouping
    this.#windows = windows
  }

  /** Records per key and window. */
  count(options: WindowedOptions<K, V, number> = {}): KTable<Windowed<K>, number> {
    const inputs = this.#inputs((count: number) => count + 1)
    return aggregateWindows('count', inputs, this.#windows, { value: long(), ...options }, () => 0)
  }

  /** Combines values of one type; the first value of a window is its first aggregate. */
  reduce(
    reducer: (aggregate: V, value: V, key: K) => (V | null | undefined) & SyncResult<V, 'reduce()'>,
    options: WindowedOptions<K, V, V> = {},
  ): KTable<Windowed<K>, V> {
    const value = this.#grouping.value as Serde<V>
    return aggregateWindows('reduce', this.#inputs(reducer as Callback), this.#windows, { value, ...options })
  }

  /** Builds an aggregate of any type. */
  aggregate<A>(options: WindowedOptions<K, V, A> & StreamAggregator<K, V, A>): KTable<Windowed<K>, A> {
    const { init, add, ...rest } = options
    return aggregateWindows('aggregate', this.#inputs(add as Callback), this.#windows, rest, init)
  }

  #inputs(aggregator: Callback): readonly AggregateInput[] {
    return [{ at: handleOf(this), grouping: this.#grouping, aggregator }]
  }
}
