import type { Serde } from '../serde/serde.ts'
import type { NodeFields } from './nodes.ts'
import type { KeyValueStoreSpec, WindowStoreSpec } from './store-spec.ts'
import type { TableStoreSpec } from './table-nodes.ts'

type Callback = (...args: never[]) => unknown

/** Parents: left, right. */
export interface StreamStreamJoinNode extends NodeFields {
  readonly kind: 'stream-stream-join'
  readonly type: 'inner' | 'left' | 'outer'
  /** A right record joins from `beforeMs` earlier than the left one … */
  readonly beforeMs: number
  /** … to `afterMs` later; both inclusive. */
  readonly afterMs: number
  readonly graceMs: number
  /** `(left, right, key)` */
  readonly select: Callback
  readonly leftStore: WindowStoreSpec
  readonly rightStore: WindowStoreSpec
  /** Records that wait to see whether they match; left and outer only. */
  readonly unmatchedStore?: KeyValueStoreSpec
  /** Whether the left buffer serves both sides; decided by a pass of the compiler. */
  readonly isSelfJoin?: boolean
}

/** Parents: stream, table. */
export interface StreamTableJoinNode extends NodeFields {
  readonly kind: 'stream-table-join'
  readonly type: 'inner' | 'left'
  /** `(value, row, key)`. Absent: the value with the fields of the row. */
  readonly select?: Callback
  /** Stream records wait so long (stream time) for table updates; needs a versioned table with that history. */
  readonly graceMs?: number
  readonly bufferStore?: KeyValueStoreSpec
}

/** Parent: the stream. The table is global. */
export interface StreamGlobalJoinNode extends NodeFields {
  readonly kind: 'stream-global-join'
  readonly type: 'inner' | 'left'
  /** Id of the global-table node. */
  readonly table: string
  /** The table's key: `(value, key)` */
  readonly on: Callback
  readonly select?: Callback
}

/** Parents: left, right. */
export interface TableTableJoinNode extends NodeFields {
  readonly kind: 'table-table-join'
  readonly type: 'inner' | 'left' | 'outer'
  /** `(left, right, key)` */
  readonly select: Callback
  readonly store: TableStoreSpec
  readonly isMaterialized: boolean
  readonly sendsOldValues?: boolean
  readonly cacheBytes: number
}

/**
 * Parents: left, right. A pass of the compiler replaces it by what runs: subscriptions sent to the right side's
 * partitions, answers sent back, and the result (KIP-213).
 */
export interface ForeignKeyJoinNode extends NodeFields {
  readonly kind: 'foreign-key-join'
  readonly type: 'inner' | 'left'
  /** `(left value, left key)`: the right key, or null for none. */
  readonly foreignKey: Callback
  /** `(left, right)` */
  readonly select: Callback
  readonly leftKeySerde: Serde<unknown>
  readonly leftValueSerde: Serde<unknown>
  readonly rightKeySerde: Serde<unknown>
  readonly rightValueSerde: Serde<unknown>
  readonly subscriptionStore: KeyValueStoreSpec
  readonly store: TableStoreSpec
  readonly isMaterialized: boolean
  readonly sendsOldValues?: boolean
  readonly cacheBytes: number
}
