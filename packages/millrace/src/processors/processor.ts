import type { StreamsError } from '../errors/index.ts'
import type { PlanNode, Policy, StoreSpec } from '../plan/index.ts'
import type { Logger } from '../ports/logger.ts'
import type { LookupTable, LookupTableSpec } from '../ports/lookup-table.ts'
import type { Counter, MetricName } from '../ports/metrics.ts'
import type { RecordHeaders } from '../ports/record.ts'
import type { SinkWriter } from '../ports/sink.ts'
import type { StoreOf } from '../state/index.ts'
import type { CurrentRecord } from './current-record.ts'
import type { RecordOriginMark } from './origin-header.ts'
import type { TableView } from './table-view.ts'

/**
 * Hands one record to an operation, or on to the operations after it. A record crosses a topology as nested calls of
 * these, synchronously; `timestamp` is its event time, ms. Headers and origin stand in the task's `CurrentRecord`.
 * After a table operation, `value` is a `Change`.
 */
export type Forward = (key: unknown, value: unknown, timestamp: number) => void

/**
 * Builds the running form of a node: what it does with a record before it calls `forward`. An operation with several
 * parents gives one input per parent, in their order.
 */
export type ProcessorFactory<Node extends PlanNode> = (
  node: Node,
  forward: Forward,
  services: ProcessorServices,
) => Forward | readonly Forward[]

/** What a task lends to its processors. Passed on by copying its fields: no methods that need `this`. */
export interface ProcessorServices {
  readonly taskId: string
  readonly record: CurrentRecord
  readonly logger: Logger
  counter(name: MetricName, node: string): Counter
  lookup(table: LookupTableSpec<unknown, unknown>): LookupTable<unknown, unknown>
  /** Collects a record for a topic; it is on its way when this returns and acknowledged before the next commit. */
  output(
    topic: string,
    key: Buffer | null,
    value: Buffer | null,
    timestamp: number,
    headers: RecordHeaders,
    partition?: number,
  ): void
  /** How many partitions a topic has that `output` may be called with. Throws TOPIC_MISSING. */
  partitionsOf(topic: string): number
  sink(node: string): SinkWriter
  /** Applies a policy to the current record: throws under `fail`, else counts, logs and returns. */
  failed(node: PlanNode, policy: Policy, error: StreamsError): void
  /** User code threw at this node: applies the topology's policy. */
  threw(node: PlanNode, thrown: unknown): void
  /** Registers a cut in the chain, to be drained after the synchronous part of each micro-batch. */
  addCut(cut: AsyncCut): void
  /** The task's store of this spec, opened at the first call; the same store for the same name. */
  store<Spec extends StoreSpec>(spec: Spec): StoreOf<Spec>
  /** The store with this name that some spec of the sub-topology declares. */
  storeNamed(name: string): StoreOf<StoreSpec>
  /** Says how rows of a table node are looked up. Called once by the factory of every table node. */
  provideView(node: string, view: TableView): void
  /** The view of a table node (a global one too). Resolved at the first look-up, as parents are built after children. */
  view(node: string): TableView
  /** Wall-clock time, ms. */
  nowMs(): number
  readonly streamTime: StreamTime
  /**
   * Calls back on stream time or wall-clock time, see `ProcessorContext.schedule`; with no current record. The result
   * cancels.
   */
  schedule(intervalMs: number, type: 'stream-time' | 'wall-clock', callback: (timestamp: number) => void): () => void
  /** Called at every commit before stores and outputs are flushed, in the order registered: record caches forward. */
  beforeCommit(flush: () => void): void
  /** Called once, before the first record, when the stores are as the last commit left them. */
  onStart(start: () => void): void
  /** Whether a record of an internal topic was processed before, as its writer crashed and wrote it again (see `Origins`). */
  isSeen(topic: string, origin: RecordOriginMark): boolean
  /** It is being processed now. */
  seen(topic: string, origin: RecordOriginMark): void
  /** Called when the task ends. */
  onClose(close: () => void): void
  requestCommit(): void
  /** Calls the inputs of the child node with this id, for processors that forward by name; undefined: no such child. */
  child(node: string, id: string): Forward | undefined
}

/** The time of a task, kept by its sources. */
export interface StreamTime {
  /** The largest event time that the task has read, ms; -1 before the first record. */
  ms: number
  /** When `run` is next due; Infinity for never. */
  nextAt: number
  /** Runs what is due at the present stream time. */
  run(): void
}

/** Where a chain waits for promises. Cuts are drained in the order of the plan. */
export interface AsyncCut {
  readonly pending: number
  /** Resolves when everything that was waiting has gone on, in order. */
  drain(): Promise<void>
}
