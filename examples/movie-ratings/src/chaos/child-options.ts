import type { CassandraOptions } from 'millrace'

/** What a pipeline that runs in a process of its own is told. */
export interface ChildOptions {
  readonly brokers: readonly string[]
  readonly cassandra: CassandraOptions
  /** Time between flushes, and between commits, ms. */
  readonly everyMs: number
  readonly reportEveryMs: number
  /** Records that may wait per task before its partitions are paused. */
  readonly bufferRecords: number
  /** How long a SIGTERM may take, ms. */
  readonly closeTimeoutMs: number
}

/** What it says about itself, one JSON line each time. */
export interface PipelineReport {
  readonly consumed: number
  readonly written: number
  readonly retries: number
  readonly tasks: number
  readonly waitingRecords: number
  readonly pendingRows: number
  readonly rssBytes: number
}

export function readChildOptions(text: string | undefined): ChildOptions {
  return JSON.parse(text ?? '{}') as ChildOptions
}
