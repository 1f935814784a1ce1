import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  /**
   * `at-least-once` (default): nothing is lost, state is exact; after a crash an output topic may hold duplicates.
   * `exactly-once`: outputs, state and offsets become visible together, by a transaction per task; readers of the outputs
   * need `read_committed`. Cassandra tables are written at least once in both, idempotently.
   */
  readonly guarantee?: Guarantee
  /** Members of the group in this process, each with tasks of its own. Default 1. */
  readonly instances?: number
  /** Warm copies of every task's state on other members, so that a take-over reads only what is missing. Default 0. */
  readonly standbyReplicas?: number
  /** Where other processes reach this one for queries (`app.locate`): any text, e.g. `http://host:8080`. */
  readonly endpoint?: string
  /** Where persistent stores live, one folder per task. Default: `millrace` in the system's folder for temporary files. */
  readonly stateFolder?: string
  /** Replicas of the internal topics that are made. Default: the broker's. */
  readonly replicationFactor?: number
  /** A task that does not advance for this long is reported by name (TASK_STALLED in the log), ms. Default 300,000. */
  readonly taskTimeout?: number
  readonly commit?: {
    /**
     * Time between commits, ms. Default 30,000, as Kafka Streams; a crash repeats at most that much. With exactly-once
     * 100: nothing is visible before the commit.
     */
    readonly every?: number
    /** Commit after this many records, too. Default 100,000. */
    readonly maxRecords?: number
    /**
     * Commit when the stores of one task hold this many bytes for it, too. Default 32 MiB. A changed record counts 300
     * besides key and value, a row of a persistent store 600: a commit has at most about 100,000 and 50,000 of a task.
     */
    readonly maxStateBytes?: number
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

export type Guarantee = 'at-least-once' | 'exactly-once'

export interface FilledRunOptions {
  readonly guarantee: Guarantee
  readonly instances: number
  readonly standbyReplicas: number
  readonly endpoint: string | undefined
  readonly stateFolder: string
  readonly replicationFactor: number | undefined
  readonly taskTimeoutMs: number
  readonly commitEveryMs: number
  readonly commitMaxRecords: number
  readonly commitMaxStateBytes: number
  readonly limits: MicroBatchLimits
  readonly closeTimeoutMs: number
}

/** Fills in the defaults. Throws OPTION_INVALID for a value outside its range, naming the option. */
export function fillOptions(options: RunOptions): FilledRunOptions {
  const { commit = {}, microBatch = {}, buffer = {} } = options
  const servers = [options.kafka, options.embedded, options.transport].filter((one) => one !== undefined)
  if (servers.length > 1) throw invalid('kafka, embedded and transport', 'more than one is given', 'Give one of them.')
  const guarantee = guaranteeOf(options)
  return {
    guarantee,
    instances: count('instances', options.instances ?? 1),
    standbyReplicas: notNegative('standbyReplicas', options.standbyReplicas ?? 0),
    endpoint: options.endpoint,
    stateFolder: options.stateFolder ?? join(tmpdir(), 'millrace'),
    replicationFactor:
      options.replicationFactor === undefined ? undefined : count('replicationFactor', options.replicationFactor),
    taskTimeoutMs: positive('taskTimeout', options.taskTimeout ?? 300_000),
    commitEveryMs: positive('commit.every', commit.every ?? (guarantee === 'exactly-once' ? 100 : 30_000)),
    commitMaxRecords: positive('commit.maxRecords', commit.maxRecords ?? 100_000),
    commitMaxStateBytes: positive('commit.maxStateBytes', commit.maxStateBytes ?? 32 * 1024 * 1024),
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

function guaranteeOf({ guarantee = 'at-least-once' }: RunOptions): Guarantee {
  if (guarantee === 'at-least-once' || guarantee === 'exactly-once') return guarantee
  throw invalid('guarantee', `it is '${String(guarantee)}'`, "Give 'at-least-once' or 'exactly-once'.")
}

function count(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw invalid(option, `it is ${value}`, 'Give a whole number above 0.')
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
