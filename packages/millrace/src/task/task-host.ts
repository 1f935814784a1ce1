import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { LookupTable, LookupTableSpec } from '../ports/lookup-table.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { RecordHeaders } from '../ports/record.ts'
import type { SinkListener, SinkWriter } from '../ports/sink.ts'
import type { TableView } from '../processors/index.ts'
import type { StoreFactory } from '../state/index.ts'

/** What a task needs from whoever runs it: the runtime, or a test driver. */
export interface TaskHost {
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  lookup(table: LookupTableSpec<unknown, unknown>): LookupTable<unknown, unknown>
  /** Takes a record for a topic; must have it acknowledged before a commit that covers what it came from. */
  output(
    topic: string,
    key: Buffer | null,
    value: Buffer | null,
    timestamp: number,
    headers: RecordHeaders,
    /** Default: by the hash of the key; any one for a null key. */
    partition?: number,
  ): void
  /** How many partitions a topic has that may be written. Throws TOPIC_MISSING for any other. */
  partitionsOf(topic: string): number
  /** A writer for one table-sink node, for this task alone. */
  sinkWriter(node: string, listener: SinkListener): SinkWriter
  /** Where the stores of a task live. */
  openStores(taskId: string): StoreFactory
  /** Rows of a global table. */
  globalView(node: string): TableView
  /** Whether outputs, changelogs and offsets become visible together. */
  readonly isTransactional: boolean
  /** A processor asks for a commit soon. */
  requestCommit(): void
}
