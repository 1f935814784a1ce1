import type { Serde } from '../serde/serde.ts'
import type { NodeFields } from './nodes.ts'
import type {
  KeyValueStoreSpec,
  SessionStoreSpec,
  TimestampedKeyValueStoreSpec,
  VersionedStoreSpec,
  WindowStoreSpec,
} from './store-spec.ts'
import type {
  CalendarWindowsSpec,
  SessionWindowsSpec,
  SlidingWindowsSpec,
  TimeWindowsSpec,
  UnlimitedWindowsSpec,
} from './window-spec.ts'

type Callback = (...args: never[]) => unknown

/** A store that a table's rows stand in. */
export type TableStoreSpec = TimestampedKeyValueStoreSpec | VersionedStoreSpec

/**
 * What a table may be kept in. `store` is what the operation would use; it is opened only when `isMaterialized`: the
 * user named it, or a later operation needs to look rows or old values up (decided by a pass of the compiler).
 */
interface TableFields {
  readonly store: TableStoreSpec
  readonly isMaterialized: boolean
  /** Whether updates carry the value that they replace; decided by a pass of the compiler (the DSL leaves it out). */
  readonly sendsOldValues?: boolean
  /** Bytes that the record cache may hold before it forwards; 0 forwards every update at once. */
  readonly cacheBytes: number
}

/** Turns the records of its parent into updates of a table: `table()` after its source, `toTable()` after a stream. */
export interface TableSourceNode extends NodeFields, TableFields {
  readonly kind: 'table-source'
}

/** A table of which every instance holds every row. Its topic is read apart from all tasks. */
export interface GlobalTableNode extends NodeFields {
  readonly kind: 'global-table'
  readonly topic: string
  readonly store: TimestampedKeyValueStoreSpec
}

export interface ToStreamNode extends NodeFields {
  readonly kind: 'to-stream'
}

export interface TableFilterNode extends NodeFields, TableFields {
  readonly kind: 'table-filter'
  readonly predicate: Callback
  readonly not: boolean
}

export interface TableMapValuesNode extends NodeFields, TableFields {
  readonly kind: 'table-map-values'
  readonly mapper: Callback
}

/** Re-keys a table for an aggregation: an update becomes a subtraction from the old group and an addition to the new. */
export interface TableGroupNode extends NodeFields {
  readonly kind: 'table-group'
  /** `({ key, value }) => ({ key, value })` */
  readonly mapper: Callback
}

/** What a parent's values do to an aggregate; parents and aggregators stand in the same order (several: cogroup). */
interface AggregateFields {
  /** Absent for reduce: the first value is the first aggregate. */
  readonly init?: Callback
  readonly aggregators: readonly Callback[]
  readonly cacheBytes: number
}

export interface StreamAggregateNode extends NodeFields, AggregateFields {
  readonly kind: 'stream-aggregate'
  readonly store: TimestampedKeyValueStoreSpec
}

/** `table.groupBy().count()` and the like: takes a value out before the new one is put in. */
export interface TableAggregateNode extends NodeFields {
  readonly kind: 'table-aggregate'
  readonly init?: Callback
  readonly add: Callback
  readonly subtract: Callback
  readonly store: TimestampedKeyValueStoreSpec
  readonly cacheBytes: number
}

interface WindowedFields extends AggregateFields {
  /** Every update at once, or one result when the window has closed. */
  readonly emit: 'on-update' | 'on-window-close'
  /** Gets every record that came too late, once per window that it missed. */
  readonly onLate?: Callback
  /** Wall-clock silence after which windows close without new input; absent: they wait for it. */
  readonly closeOnIdleMs?: number
}

export interface WindowAggregateNode extends NodeFields, WindowedFields {
  readonly kind: 'window-aggregate'
  readonly windows: TimeWindowsSpec | CalendarWindowsSpec | UnlimitedWindowsSpec
  readonly store: WindowStoreSpec
}

export interface SlidingAggregateNode extends NodeFields, WindowedFields {
  readonly kind: 'sliding-aggregate'
  readonly windows: SlidingWindowsSpec
  readonly store: WindowStoreSpec
}

export interface SessionAggregateNode extends NodeFields, WindowedFields {
  readonly kind: 'session-aggregate'
  readonly windows: SessionWindowsSpec
  /** Merges two sessions' aggregates: `(left, right, key)`. */
  readonly merger: Callback
  readonly store: SessionStoreSpec
}

export interface SuppressNode extends NodeFields {
  readonly kind: 'suppress'
  readonly until:
    | { readonly kind: 'time-limit'; readonly waitMs: number }
    /** `graceMs` is that of the windows upstream; the compiler fills it in. */
    | { readonly kind: 'window-close'; readonly graceMs?: number }
  readonly maxRecords?: number
  readonly maxBytes?: number
  readonly whenFull: 'emit-early' | 'fail'
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  /** What waits, as bytes, and stream time. */
  readonly store: KeyValueStoreSpec
}
