import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { LookupTableSpec } from '../ports/lookup-table.ts'
import type { RecordTime } from '../ports/record.ts'
import type { TableSinkOptions } from '../ports/sink.ts'
import type { TableSpec } from '../ports/table.ts'
import type { Serde } from '../serde/serde.ts'
import type { ForeignKeyNode } from './foreign-key-nodes.ts'
import type {
  ForeignKeyJoinNode,
  StreamGlobalJoinNode,
  StreamStreamJoinNode,
  StreamTableJoinNode,
  TableTableJoinNode,
} from './join-nodes.ts'
import type { Policy } from './policy.ts'
import type {
  GlobalTableNode,
  SessionAggregateNode,
  SlidingAggregateNode,
  StreamAggregateNode,
  SuppressNode,
  TableAggregateNode,
  TableFilterNode,
  TableGroupNode,
  TableMapValuesNode,
  TableSourceNode,
  ToStreamNode,
  WindowAggregateNode,
} from './table-nodes.ts'

/** What every node has. */
export interface NodeFields {
  /** Stable: a name that the user gave, or the path of the operation. Never a counter over the whole topology. */
  readonly id: string
  /** Ids of the nodes that feed this one, in the order written. */
  readonly parents: readonly string[]
  /** `file:line:column` where the user wrote the operation. */
  readonly callSite?: string
}

type Callback = (...args: never[]) => unknown

/**
 * Chooses where in a topic a record goes: a partition, several, none (`[]`: the record is dropped), or undefined for the
 * hash of its key.
 */
export type Partitioner = (
  key: never,
  value: never,
  topic: string,
  partitions: number,
) => number | readonly number[] | undefined

/** Gives event time, ms since the epoch, of a value. */
export type TimestampOf = (value: never) => number | Date | string

/** The same where a record comes in. */
export type SourceTimestampOf = (value: never, time: RecordTime) => number | Date | string

export interface SourceNode extends NodeFields {
  readonly kind: 'source'
  /** With a pattern: what it matches, empty until the start. */
  readonly topics: readonly string[]
  /** Takes every topic that exists at the start and that it matches. */
  readonly pattern?: RegExp
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  readonly timestamp?: SourceTimestampOf
  /** Where a group without a committed offset starts. */
  readonly startAt: 'earliest' | 'latest'
  readonly onInvalid: Policy
  /** Whether the topic is Millrace's own: the reading end of a repartition. */
  readonly isInternal?: boolean
}

export interface ParseNode extends NodeFields {
  readonly kind: 'parse'
  readonly schema: StandardSchemaV1
  readonly timestamp?: TimestampOf
  readonly onInvalid: Policy
  /** At most this many asynchronous validations at a time. */
  readonly concurrency: number
}

export interface FilterNode extends NodeFields {
  readonly kind: 'filter'
  readonly predicate: Callback
  readonly not: boolean
}

export interface MapNode extends NodeFields {
  readonly kind: 'map'
  readonly mapper: Callback
}

export interface MapValuesNode extends NodeFields {
  readonly kind: 'map-values'
  readonly mapper: Callback
}

export interface FlatMapNode extends NodeFields {
  readonly kind: 'flat-map'
  readonly mapper: Callback
}

export interface FlatMapValuesNode extends NodeFields {
  readonly kind: 'flat-map-values'
  readonly mapper: Callback
}

export interface SelectKeyNode extends NodeFields {
  readonly kind: 'select-key'
  readonly mapper: Callback
}

export interface MapValuesAsyncNode extends NodeFields {
  readonly kind: 'map-values-async'
  readonly mapper: Callback
  readonly concurrency: number
}

export interface MergeNode extends NodeFields {
  readonly kind: 'merge'
}

export interface SplitNode extends NodeFields {
  readonly kind: 'split'
  /** Tried in order; the first that holds gets the record. A branch without predicate takes what is left. */
  readonly branches: readonly SplitBranch[]
}

export interface SplitBranch {
  readonly name: string
  readonly predicate?: Callback
}

/** One output of a split; `branch` names it. */
export interface BranchNode extends NodeFields {
  readonly kind: 'branch'
  readonly branch: string
}

export interface PeekNode extends NodeFields {
  readonly kind: 'peek'
  readonly action: Callback
}

export interface ForEachNode extends NodeFields {
  readonly kind: 'for-each'
  readonly action: Callback
}

export interface WindowByHourNode extends NodeFields {
  readonly kind: 'window-by-hour'
  readonly at?: TimestampOf
  readonly zone: string
  readonly as: string
  /** Whether the bucket carries its UTC offset. */
  readonly offset: boolean
}

export interface JoinLookupNode extends NodeFields {
  readonly kind: 'join-lookup'
  readonly type: 'inner' | 'left'
  readonly table: LookupTableSpec<unknown, unknown>
  readonly on: Callback
  /** Absent: the value with the fields of the row. */
  readonly select?: Callback
}

export interface TopicSinkNode extends NodeFields {
  readonly kind: 'topic-sink'
  /** Every topic that records may go to; one, unless `route` chooses. */
  readonly topics: readonly string[]
  /** Names the topic of a record: `(value, key)`. */
  readonly route?: Callback
  /** Absent: by the hash of the key. */
  readonly partitioner?: Partitioner
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  readonly onError: Policy
}

export interface TableSinkNode extends NodeFields {
  readonly kind: 'table-sink'
  readonly table: TableSpec
  readonly options: TableSinkOptions
  readonly onRejected: Policy
}

/**
 * Writes every record to an internal topic by its key and reads it back, so that equal keys meet in one task. One that
 * an operation asked for (`isImplicit`) is taken out again by the compiler where the key has not changed. Records with
 * a null key are dropped, unless a left or outer join follows (`keepsNullKeys`).
 */
export interface RepartitionNode extends NodeFields {
  readonly kind: 'repartition'
  /** The topic is `<application id>-<name>-repartition`. */
  readonly name: string
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  readonly isImplicit: boolean
  readonly keepsNullKeys: boolean
  /** Absent: as many as the other inputs have. */
  readonly partitions?: number
  /** Absent: by the hash of the key. */
  readonly partitioner?: Partitioner
}

/** The writing end of a repartition; made by the compiler. The reading end is a source. */
export interface RepartitionSinkNode extends NodeFields {
  readonly kind: 'repartition-sink'
  readonly topic: string
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  readonly keepsNullKeys: boolean
  readonly partitioner?: Partitioner
  /** Whether records tell what they came of, so that a crash of the writer doubles none; decided by the compiler. */
  readonly carriesOrigin: boolean
  /** Why they do not. */
  readonly noOriginBecause?: string
}

/** A processor of the user's own. */
export interface ProcessNode extends NodeFields {
  readonly kind: 'process'
  /** Makes a processor for a task, given its context. */
  readonly supplier: Callback
  /** Store names in the plan, by the names that the processor uses. */
  readonly stores: Readonly<Record<string, string>>
  /** Ids of tables that are read, global ones too, by the names that the processor uses. */
  readonly tables: Readonly<Record<string, string>>
  /** Whether the key cannot change (`processValues`). */
  readonly isKeyFixed: boolean
}

/** One operation of a topology: a frozen value that can be printed. */
export type PlanNode =
  | SourceNode
  | ParseNode
  | FilterNode
  | MapNode
  | MapValuesNode
  | FlatMapNode
  | FlatMapValuesNode
  | SelectKeyNode
  | MapValuesAsyncNode
  | MergeNode
  | SplitNode
  | BranchNode
  | PeekNode
  | ForEachNode
  | WindowByHourNode
  | JoinLookupNode
  | TopicSinkNode
  | TableSinkNode
  | RepartitionNode
  | RepartitionSinkNode
  | ProcessNode
  | TableSourceNode
  | GlobalTableNode
  | ToStreamNode
  | TableFilterNode
  | TableMapValuesNode
  | TableGroupNode
  | StreamAggregateNode
  | TableAggregateNode
  | WindowAggregateNode
  | SlidingAggregateNode
  | SessionAggregateNode
  | SuppressNode
  | StreamStreamJoinNode
  | StreamTableJoinNode
  | StreamGlobalJoinNode
  | TableTableJoinNode
  | ForeignKeyJoinNode
  | ForeignKeyNode

export type NodeOfKind<Kind extends PlanNode['kind']> = Extract<PlanNode, { readonly kind: Kind }>
