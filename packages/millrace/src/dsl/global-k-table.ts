import { Handled } from './handle.ts'

/**
 * A table of which every instance has every row: joined by any key, without repartitioning. It is read to its end
 * before processing starts, and never triggers output.
 */
export class GlobalKTable<K, V> extends Handled {
  /** Types only. */
  declare readonly row: readonly [K, V]
}
