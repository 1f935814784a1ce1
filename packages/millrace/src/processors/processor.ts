import type { StreamsError } from '../errors/index.ts'
import type { PlanNode, Policy } from '../plan/index.ts'
import type { Logger } from '../ports/logger.ts'
import type { LookupTable, LookupTableSpec } from '../ports/lookup-table.ts'
import type { Counter, MetricName } from '../ports/metrics.ts'
import type { RecordHeaders } from '../ports/record.ts'
import type { SinkWriter } from '../ports/sink.ts'
import type { CurrentRecord } from './current-record.ts'

/**
 * Hands one record to an operation, or on to the operations after it. A record crosses a topology as nested calls of
 * these, synchronously; `timestamp` is its event time, ms. Headers and origin stand in the task's `CurrentRecord`.
 */
export type Forward = (key: unknown, value: unknown, timestamp: number) => void

/** Builds the running form of a node: what it does with a record before it calls `forward`. */
export type ProcessorFactory<Node extends PlanNode> = (
  node: Node,
  forward: Forward,
  services: ProcessorServices,
) => Forward

/** What a task lends to its processors. */
export interface ProcessorServices {
  readonly record: CurrentRecord
  readonly logger: Logger
  counter(name: MetricName, node: string): Counter
  lookup(table: LookupTableSpec<unknown, unknown>): LookupTable<unknown, unknown>
  /** Collects a record for a topic; it is on its way when this returns and acknowledged before the next commit. */
  output(topic: string, key: Buffer | null, value: Buffer | null, timestamp: number, headers: RecordHeaders): void
  sink(node: string): SinkWriter
  /** Applies a policy to the current record: throws under `fail`, else counts, logs and returns. */
  failed(node: PlanNode, policy: Policy, error: StreamsError): void
  /** User code threw at this node: applies the topology's policy. */
  threw(node: PlanNode, thrown: unknown): void
  /** Registers a cut in the chain, to be drained after the synchronous part of each micro-batch. */
  addCut(cut: AsyncCut): void
}

/** Where a chain waits for promises. Cuts are drained in the order of the plan. */
export interface AsyncCut {
  readonly pending: number
  /** Resolves when everything that was waiting has gone on, in order. */
  drain(): Promise<void>
}
