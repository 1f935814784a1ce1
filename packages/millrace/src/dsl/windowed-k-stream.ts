import type { CalendarWindowsSpec, SlidingWindowsSpec, TimeWindowsSpec, UnlimitedWindowsSpec } from '../plan/index.ts'
import type { Windowed } from '../ports/state-store.ts'
import { long, type Serde } from '../serde/index.ts'
import { aggregateWindows, type WindowedOptions } from './aggregate-windows.ts'
import type { AggregateInput } from './aggregate-stream.ts'
import { type Handle, Handled, handleOf } from './handle.ts'
import type { Grouping, StreamAggregator } from './k-grouped-stream.ts'
import type { KTable } from './k-table.ts'
import type { OfReducer, TopologyTypeError } from './type-error.ts'

type Callback = (...args: never[]) => unknown

export type WindowsSpec = TimeWindowsSpec | CalendarWindowsSpec | SlidingWindowsSpec | UnlimitedWindowsSpec

/** Windows without an end have no result for their close. */
type Closing<Kind extends WindowsSpec['kind']> = Kind extends 'unlimited'
  ? {
      readonly emit?:
        | 'on-update'
        | TopologyTypeError<"windows without an end never close: leave out emit: 'on-window-close'">
    }
  : unknown

/** A grouped stream cut into windows. The keys of the result carry their window. */
export class WindowedKStream<K, V, Kind extends WindowsSpec['kind'] = WindowsSpec['kind']> extends Handled {
  readonly #grouping: Grouping
  readonly #windows: WindowsSpec

  constructor(at: Handle, grouping: Grouping, windows: WindowsSpec) {
    super(at)
    this.#grouping = grouping
    this.#windows = windows
  }

  /** Records per key and window. */
  count(options?: WindowedOptions<K, V, number> & Closing<Kind>): KTable<Windowed<K>, number> {
    const inputs = this.#inputs((count: number) => count + 1)
    return aggregateWindows('count', inputs, this.#windows, { value: long(), ...options }, () => 0)
  }

  /** Combines values of one type; the first value of a window is its first aggregate. */
  reduce(
    reducer: (aggregate: V, value: V, key: K) => V | null | undefined | TopologyTypeError<OfReducer>,
    options?: WindowedOptions<K, V, V> & Closing<Kind>,
  ): KTable<Windowed<K>, V> {
    const value = this.#grouping.value as Serde<V>
    return aggregateWindows('reduce', this.#inputs(reducer as Callback), this.#windows, { value, ...options })
  }

  /** Builds an aggregate of any type. */
  aggregate<A>(options: WindowedOptions<K, V, A> & StreamAggregator<K, V, A> & Closing<Kind>): KTable<Windowed<K>, A> {
    const { init, add, ...rest } = options
    return aggregateWindows(
      'aggregate',
      this.#inputs(add as Callback),
      this.#windows,
      rest as WindowedOptions<K, V, A>,
      init as () => A,
    )
  }

  #inputs(aggregator: Callback): readonly AggregateInput[] {
    return [{ at: handleOf(this), grouping: this.#grouping, aggregator }]
  }
}
