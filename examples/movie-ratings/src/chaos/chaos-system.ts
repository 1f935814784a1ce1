import { setTimeout as sleep } from 'node:timers/promises'
import { connectTransport, createTable, systemClock, type CassandraOptions } from 'millrace'
import type { CommittedOffset, Transport } from 'millrace/ports'
import { defaultCatalogueFile } from '../catalogue.ts'
import { createReadableLogger } from '../cli/readable-logger.ts'
import { raters } from '../generator/raters.ts'
import { readTitles } from '../generator/titles.ts'
import { movieRatingsTable } from '../movie-ratings-table.ts'
import { invalidTopic, ratingsTopic } from '../topics.ts'
import { type ChaosRecord, chaosRatings } from './chaos-ratings.ts'
import { ChaosTable, type Comparison } from './chaos-table.ts'
import { Pipelines } from './pipelines.ts'
import { RatingLog } from './rating-log.ts'
import { readFilms, ReferenceTable } from './reference-table.ts'

export interface ChaosAddresses {
  readonly brokers: readonly string[]
  readonly cassandra: CassandraOptions
}

export interface ChaosSystemOptions extends ChaosAddresses {
  readonly seed: number
  readonly partitions: number
  /** Time between flushes, and between commits, of the pipelines, ms. */
  readonly everyMs: number
  /** Records that may wait per task before its partitions are paused. Default 20,000. */
  readonly bufferRecords?: number
}

/** How fast records are sent. */
export interface Pace {
  /** 0, the default, is as fast as Kafka takes them. */
  readonly ratePerSecond?: number
  /** How many of them may be sent by now; asked again and again. Default: all. */
  readonly allowed?: () => number
}

const group = 'movie-ratings'
const recordsPerRequest = 500
const pollMs = 50

/**
 * Topic, table and pipelines, and what the table must hold. Records are added by `produce`, and the reference follows;
 * so faults can be tried one after the other on the same servers.
 */
export class ChaosSystem {
  readonly log: RatingLog
  readonly pipelines: Pipelines
  readonly reference: ReferenceTable
  readonly #transport: Transport
  readonly #records: Iterator<ChaosRecord, unknown>
  readonly #cassandra: CassandraOptions
  readonly #checked: number[]
  #checks = 0
  #isClosed = false

  private constructor(options: ChaosSystemOptions, transport: Transport, parts: Parts) {
    const { brokers, cassandra, everyMs, bufferRecords = 20_000 } = options
    this.#transport = transport
    this.#records = chaosRatings({ ...parts, seed: options.seed, startMs: Date.UTC(2025, 2, 27) })
    this.#cassandra = cassandra
    this.#checked = Array.from({ length: options.partitions }, () => 0)
    this.reference = new ReferenceTable(parts.films)
    this.log = new RatingLog(transport, options.partitions)
    this.pipelines = new Pipelines({
      brokers,
      cassandra,
      everyMs,
      bufferRecords,
      reportEveryMs: 50,
      closeTimeoutMs: 20_000,
    })
  }

  /** Creates topics and table; they must not exist yet. */
  static async create(options: ChaosSystemOptions): Promise<ChaosSystem> {
    const logger = createReadableLogger({ level: 'error', write: (line) => process.stderr.write(`${line}\n`) })
    const transport = await connectTransport({ kafka: { brokers: options.brokers }, logger })
    await transport.admin.createTopics([
      { topic: ratingsTopic, partitions: options.partitions },
      { topic: invalidTopic, partitions: 1 },
    ])
    await createTable(movieRatingsTable, { cassandra: options.cassandra })
    const titles = await readTitles({ catalogue: defaultCatalogueFile })
    const films = await readFilms(defaultCatalogueFile)
    return new ChaosSystem(options, transport, { raters: raters(), titles, films })
  }

  /** Sends so many records. */
  async produce(count: number, { ratePerSecond = 0, allowed = () => count }: Pace = {}): Promise<void> {
    const startedMs = systemClock.nowMs()
    for (let sent = 0; sent < count; sent += recordsPerRequest) {
      while (sent >= allowed()) {
        if (this.#isClosed) return
        await sleep(pollMs)
      }
      const records: ChaosRecord[] = []
      while (records.length < Math.min(recordsPerRequest, count - sent)) {
        records.push(this.#records.next().value as ChaosRecord)
      }
      await this.log.send(records, systemClock.nowMs())
      for (const { rating } of records) if (rating !== undefined) this.reference.add(rating)
      const dueMs = ratePerSecond === 0 ? 0 : startedMs + ((sent + records.length) * 1_000) / ratePerSecond
      if (dueMs > systemClock.nowMs()) await sleep(dueMs - systemClock.nowMs())
    }
  }

  /** Records below the committed offsets. */
  async progress(): Promise<number> {
    return (await this.#committed()).reduce((sum, { offset }) => sum + offset, 0)
  }

  /** Waits until that many records are below the committed offsets. False when it took longer than the limit. */
  async reached(records: number, limitMs: number): Promise<boolean> {
    const untilMs = systemClock.nowMs() + limitMs
    while ((await this.progress()) < records) {
      if (systemClock.nowMs() >= untilMs) return false
      await sleep(pollMs)
    }
    return true
  }

  /**
   * Looks for ratings below the committed offsets that the table does not have; there must be none, at any moment.
   * The offsets are read first, then the table.
   */
  async offsetsAhead(): Promise<readonly string[]> {
    const committed = await this.#committed()
    const table = await ChaosTable.open(this.#cassandra)
    try {
      const missing: string[] = []
      for (const { partition, offset } of committed) {
        missing.push(...(await table.missing(this.log, partition, this.#checked[partition]!, offset)))
        this.#checked[partition] = Math.max(this.#checked[partition]!, offset)
      }
      this.#checks += 1
      return missing
    } finally {
      await table.close()
    }
  }

  /** How often `offsetsAhead` has looked. */
  get checks(): number {
    return this.#checks
  }

  async compare(): Promise<Comparison> {
    const table = await ChaosTable.open(this.#cassandra)
    try {
      return await table.compare(this.reference)
    } finally {
      await table.close()
    }
  }

  /** Records in the dead-letter topic; each that is no rating at least once. */
  async deadLetters(): Promise<number> {
    const [end] = await this.#transport.admin.offsets([{ topic: invalidTopic, partition: 0 }], 'latest')
    return end?.offset ?? 0
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.pipelines.close()
    await this.log.close()
    await this.#transport.close()
  }

  #committed(): Promise<readonly CommittedOffset[]> {
    return this.#transport.admin.committed(group, this.log.partitions)
  }
}

interface Parts {
  readonly raters: readonly string[]
  readonly titles: readonly string[]
  readonly films: Awaited<ReturnType<typeof readFilms>>
}
