import type { StreamsError } from '../../errors/index.ts'
import type {
  PartitionOffset,
  ReaderListener,
  ReaderOptions,
  RecordBatch,
  TopicPartition,
  TransportReader,
} from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { listenerFailed } from './consumer-errors.ts'
import { openCluster, type ClusterHandle } from './driver.ts'
import { failureKind, failureType, wrapFailure } from './kafka-failure.ts'
import { PartitionFetcher } from './partition-fetcher.ts'
import { partitionName } from './partition-position.ts'
import { RareWarning } from './rare-warning.ts'
import { backoffMs, settlesWithin } from './retry.ts'

/** One partition from one `add` on: what was done for an earlier one does not concern it. */
interface Reading extends TopicPartition {
  /** The offset from which the next batch will be handed over. */
  next: number
}

/** A cluster handle and the fetcher on it; both are made anew after a failure. */
interface Session {
  readonly handle: ClusterHandle
  readonly fetcher: PartitionFetcher
}

const longestPauseMs = 5_000

/**
 * Reads partitions apart from any group. Invariants:
 * - a partition has at most one batch with the listener; the next one is fetched meanwhile;
 * - what is wrong with one partition ends that partition; what is wrong with the cluster is waited for, with a new
 *   connection where the old one does not heal.
 */
export class KafkajsReader implements TransportReader {
  readonly #options: ReaderOptions
  readonly #listener: ReaderListener
  readonly #services: AdapterServices
  readonly #warning: RareWarning
  /** What is read, by name. */
  readonly #readings = new Map<string, Reading>()
  /** Names of those whose batch is with the listener. */
  readonly #busy = new Set<string>()
  readonly #topics = new Set<string>()
  #session: Session | null = null
  /** Partitions that are known here but not to the fetcher yet. */
  #waiting = new Set<string>()
  #admitting: Promise<void> | null = null
  #failure: { readonly thrown: unknown } | null = null
  #failures = 0
  #isClosed = false
  #close: () => void = () => {}
  readonly #closed: Promise<void>

  constructor(options: ReaderOptions, listener: ReaderListener, services: AdapterServices) {
    this.#options = options
    this.#listener = listener
    const logger = services.logger.child({ clientId: options.clientId })
    this.#services = { ...services, logger }
    this.#warning = new RareWarning(services.clock, logger)
    this.#closed = new Promise((resolve) => {
      this.#close = resolve
    })
  }

  add(partitions: readonly PartitionOffset[]): void {
    if (this.#isClosed || partitions.length === 0) return
    this.#session?.fetcher.remove(partitions)
    for (const { topic, partition, offset } of partitions) {
      const name = partitionName({ topic, partition })
      this.#readings.set(name, { topic, partition, next: offset })
      this.#busy.delete(name)
      this.#waiting.add(name)
    }
    this.#admit()
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const name of partitions.map(partitionName)) {
      this.#readings.delete(name)
      this.#busy.delete(name)
      this.#waiting.delete(name)
    }
    this.#session?.fetcher.remove(partitions)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#readings.clear()
    this.#waiting.clear()
    this.#close()
    const session = this.#session
    this.#session = null
    session?.fetcher.stop()
    await session?.handle.close()
    await this.#admitting
  }

  #admit(): void {
    this.#admitting ??= this.#admitAll().finally(() => {
      this.#admitting = null
      if (this.#waiting.size > 0) this.#admit()
    })
  }

  /** Hands what waits to the fetcher, once the cluster knows its topics; after a failure, everything waits. */
  async #admitAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      await this.#recover()
      if (this.#waiting.size === 0) return
      const session = (this.#session ??= this.#open())
      try {
        await this.#targetTopics(session.handle)
      } catch (thrown) {
        await this.#replace(session, thrown)
      }
      if (this.#session !== session) continue
      session.fetcher.start(this.#takeAdmissible())
    }
  }

  /** What waits and whose topic the cluster knows; another may have come a moment ago. */
  #takeAdmissible(): readonly PartitionOffset[] {
    const admitted: PartitionOffset[] = []
    for (const name of this.#waiting) {
      const { topic, partition, next } = this.#readings.get(name)!
      if (!this.#topics.has(topic)) continue
      this.#waiting.delete(name)
      admitted.push({ topic, partition, offset: next })
    }
    return admitted
  }

  async #targetTopics({ cluster }: ClusterHandle): Promise<void> {
    for (const name of this.#waiting) {
      const position = this.#readings.get(name)!
      if (this.#topics.has(position.topic)) continue
      try {
        // One by one: kafkajs refuses them all for one that may not be read.
        await cluster.addMultipleTargetTopics([position.topic])
        this.#topics.add(position.topic)
      } catch (thrown) {
        if (!topicFailures.has(failureType(thrown))) throw thrown
        this.#fail(thrown, position)
      }
    }
  }

  #open(): Session {
    const { settings, clock, logger } = this.#services
    const handle = openCluster(settings, this.#options.clientId, logger)
    this.#topics.clear()
    const fetcher = new PartitionFetcher({
      cluster: handle.cluster,
      settings,
      clock,
      logger,
      readCommitted: this.#options.isolation === 'read_committed',
      paused: this.#busy,
      skipsWhatIsGone: true,
      onBatch: (batch) => this.#take(batch),
      onError: (thrown, partition) => {
        if (partition) this.#fail(thrown, partition)
        else void this.#replace(session, thrown)
      },
    })
    const session = { handle, fetcher }
    return session
  }

  #take(batch: RecordBatch): void {
    const name = partitionName(batch)
    const reading = this.#readings.get(name)
    if (!reading) return
    this.#failures = 0
    reading.next = batch.nextOffset
    const isCurrent = (): boolean => this.#readings.get(name) === reading
    const failed = (thrown: unknown): void => {
      if (isCurrent()) this.#fail(listenerFailed('onBatch', thrown), batch)
    }
    let handling: Promise<void> | void
    try {
      handling = this.#listener.onBatch(batch)
    } catch (thrown) {
      failed(thrown)
      return
    }
    if (handling === undefined || !isCurrent()) return
    this.#busy.add(name)
    handling.then(() => {
      if (!isCurrent()) return
      this.#busy.delete(name)
      this.#session?.fetcher.resumed([reading])
    }, failed)
  }

  /** The connection is of no use any more. */
  async #replace(session: Session, thrown: unknown): Promise<void> {
    if (this.#session !== session) return
    this.#session = null
    this.#failure = { thrown }
    this.#waiting = new Set(this.#readings.keys())
    session.fetcher.stop()
    this.#admit()
    await session.handle.close()
  }

  /** Waits a moment after a failure, or, where waiting cannot help, ends every partition. */
  async #recover(): Promise<void> {
    if (!this.#failure) return
    const { thrown } = this.#failure
    this.#failure = null
    if (failureKind(thrown) === 'fatal') {
      for (const reading of this.#readings.values()) this.#fail(thrown, reading)
      return
    }
    this.#warning.failed('The reader lost the cluster; trying again', thrown)
    await settlesWithin(this.#services.clock, this.#closed, backoffMs(++this.#failures, 100, longestPauseMs))
  }

  #fail(thrown: unknown, { topic, partition }: TopicPartition): void {
    if (!this.#readings.has(partitionName({ topic, partition }))) return
    this.remove([{ topic, partition }])
    this.#listener.onFailed(readFailed(thrown, { topic, partition }), { topic, partition })
  }
}

const topicFailures = new Set(['TOPIC_AUTHORIZATION_FAILED', 'INVALID_TOPIC_EXCEPTION'])

function readFailed(thrown: unknown, place: TopicPartition): StreamsError {
  const what = 'A partition cannot be read'
  const hint = 'See the cause; it does not heal by itself.'
  return wrapFailure(thrown, 'TRANSPORT_FAILED', what, hint, place).in(place)
}
