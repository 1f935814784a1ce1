import type { StartupFault, StreamsError } from '../errors/index.ts'
import type { RecordOrigin } from './record.ts'
import type { TableSpec } from './table.ts'

/** An external output. Opened once per app; every task writes through a writer of its own. */
export interface Sink {
  /** Connects. Rejects with SINK_UNREACHABLE, naming the addresses, after a bounded time. */
  open(): Promise<void>
  /** Every difference between the declaration and the real thing; [] when all is well. */
  check(): Promise<readonly StartupFault[]>
  writer(listener: SinkListener): SinkWriter
  close(): Promise<void>
}

export interface SinkListener {
  /**
   * A row that can never be written (refused by the server for good). The policy decides: returning counts it as
   * done, throwing makes `flush` reject with what was thrown.
   */
  onRejected(row: unknown, origin: RecordOrigin, error: StreamsError): void
}

/**
 * Takes rows and writes them in the background. A row is *pending* from `write` until the server has acknowledged it
 * or the listener has taken it.
 */
export interface SinkWriter {
  /**
   * Buffers a row; may start writing at once when a bound of rows or bytes is reached. `timestamp` is the record's
   * time in ms. Throws ROW_INVALID, naming the column, for a row that does not fit the table; then nothing is kept.
   */
  write(row: object, timestamp: number, origin: RecordOrigin): void
  readonly pendingRows: number
  readonly pendingBytes: number
  /** True above the high mark: the task takes no more records until `drained` resolves. */
  readonly isFull: boolean
  /** Resolves when the writer is below its low mark, or has nothing to do. Rejects as `flush` does. */
  drained(): Promise<void>
  /**
   * Resolves when every row written before the call is no longer pending. Transient errors are retried for as long as
   * the writer is open. Rejects with what the listener threw, or SINK_CLOSED after `abort`.
   */
  flush(): Promise<void>
  /** Gives up: pending rows are forgotten, waiting flushes reject. For a task that was lost. */
  abort(): void
  /** Counters since the writer was made. */
  readonly stats: SinkStats
}

export interface SinkStats {
  readonly writtenRows: number
  readonly rejectedRows: number
  /** Rows that a later row of the same primary key made needless before they were sent. */
  readonly supersededRows: number
  readonly requests: number
  readonly retries: number
}

/** How rows of one plan node get to their table. All limits are per task. */
export interface TableSinkOptions {
  /** Longest time a row waits before it is written, ms. Default 1,000. */
  readonly everyMs: number
  /** Start writing at this many buffered rows. Default 5,000. */
  readonly maxRows: number
  /** Start writing at about this many buffered bytes. Default 4 MiB. */
  readonly maxBytes: number
  /** What decides between two writes of the same row: the record's time, its offset, or the arrival at the server. Default 'record'. */
  readonly writeTime: 'record' | 'offset' | 'none'
  /** Seconds until a row expires. Default: never. */
  readonly ttlSeconds?: number
}

/** Opens sinks and readers for declared tables. One per server, shared by all sinks of an app. */
export interface TableStore {
  readonly kind: string
  sink(table: TableSpec, options: TableSinkOptions): Sink
  reader(table: TableSpec): TableReader
  close(): Promise<void>
}

/** Reads of a declared table; what the typed face is built on. */
export interface TableReader {
  /** Rows of one partition in clustering order, the named columns only. */
  rows(query: PartitionQuery): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** One aggregate over one partition. Nulls do not count. */
  aggregate(query: AggregateQuery): Promise<number>
  /** Rows of any partitions, in the store's own order, at most `limit`. */
  sample(limit: number): Promise<readonly Readonly<Record<string, unknown>>[]>
  count(): Promise<number>
  close(): Promise<void>
}

export interface PartitionQuery {
  readonly partition: Readonly<Record<string, unknown>>
  readonly columns: readonly string[]
  readonly limit?: number
}

export interface AggregateQuery {
  readonly partition: Readonly<Record<string, unknown>>
  readonly function: 'avg' | 'exactAvg' | 'count' | 'min' | 'max' | 'sum'
  /** Absent for `count` of rows. */
  readonly column?: string
}
