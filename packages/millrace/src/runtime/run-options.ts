import type { CassandraOptions } from '../adapters/cassandra/options.ts'
import type { EmbeddedServer } from '../adapters/embedded/index.ts'
import type { KafkaOptions } from '../adapters/kafkajs/options.ts'
import { StreamsError } from '../errors/index.ts'
import type { Clock, Logger, TableStore, Transport } from '../ports/index.ts'

/** Bounds of a micro-batch and of what waits for one, per task. */
export interface MicroBatchLimits {
  readonly maxRecords: number
  readonly maxBytes: number
  readonly maxWaitMs: number
  readonly maxWaitingRecords: number
  readonly maxWaitingBytes: number
}

/** How and against what a topology runs. All of it is optional: `run(topology)` runs in this process alone. */
export interface RunOptions {
  /** Read and write Kafka. Default: an embedded broker in this process. */
  readonly kafka?: KafkaOptions
  /** An embedded broker that is shared with producers, readers or other apps of this process. */
  readonly embedded?: EmbeddedServer
  /** A transport of your own (see `millrace/ports`). The app closes it. */
  readonly transport?: Transport
  /** Write tables to Cassandra. Default: the embedded broker's tables. */
  readonly cassandra?: CassandraOptions
  /** A table store of your own. The app does not close it. */
  readonly tables?: TableStore
  /** Names the consumer group. Outlives deploys. Default: the topology's name. */
  readonly applicationId?: string
  readonly commit?: {
    /** Time between commits, ms. Default 30,000, as Kafka Streams; a crash repeats at most that much. */
    readonly every?: number
    /** Commit after this many records, too. Default 100,000. */
    readonly maxRecords?: number
  }
  readonly microBatch?: {
    /** Default 1,000. */
    readonly maxRecords?: number
    /** Default 1 MiB. */
    readonly maxBytes?: number
    /** Wait this long for a fuller micro-batch, ms. Default 0: what is there is taken at once. */
    readonly maxWait?: number
  }
  readonly buffer?: {
    /** Records that may wait per task before its partitions are paused. Default 20,000. */
    readonly maxRecords?: number
    /** Bytes that may wait per task before its partitions are paused. Default 4 MiB. */
    readonly maxBytes?: number
  }
  /** Default: JSON lines on standard error through pino, level 'info'. */
  readonly logger?: Logger
  readonly clock?: Clock
  /** Whether SIGTERM and SIGINT close the app. Default true. */
  readonly signals?: boolean
  /** How long `close()` may take, ms. Default 30,000. */
  readonly closeTimeout?: number
}

export interface FilledRunOptions {
  readonly commitEveryMs: number
  readonly commitMaxRecords: number
  readonly limits: MicroBatchLimits
  readonly closeTimeoutMs: number
}

/** Fills in the defaults. Throws OPTION_INVALID for a value outside its range, naming the option. */
export function fillOptions(options: RunOptions): FilledRunOptions {
  const { commit = {}, microBatch = {}, buffer = {} } = options
  const servers = [options.kafka, options.embedded, options.transport].filter((one) => one !== undefined)
  if (servers.length > 1) throw invalid('kafka, embedded and transport', 'more than one is given', 'Give one of them.')
  return {
    commitEveryMs: positive('commit.every', commit.every ?? 30_000),
    commitMaxRecords: positive('commit.maxRecords', commit.maxRecords ?? 100_000),
    limits: {
      maxRecords: positive('microBatch.maxRecords', microBatch.maxRecords ?? 1_000),
      maxBytes: positive('microBatch.maxBytes', microBatch.maxBytes ?? 1024 * 1024),
      maxWaitMs: notNegative('microBatch.maxWait', microBatch.maxWait ?? 0),
      maxWaitingRecords: positive('buffer.maxRecords', buffer.maxRecords ?? 20_000),
      maxWaitingBytes: positive('buffer.maxBytes', buffer.maxBytes ?? 4 * 1024 * 1024),
    },
    closeTimeoutMs: positive('closeTimeout', options.closeTimeout ?? 30_000),
  }
}

function positive(option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw invalid(option, `it is ${value}`, 'Give a number above 0.')
}

function notNegative(option: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw invalid(option, `it is ${value}`, 'Give a number that is not negative.')
}

function invalid(option: string, what: string, hint: string): StreamsError {
  return new StreamsError({ code: 'OPTION_INVALID', what: `run() cannot use ${option}: ${what}`, hint })
}
