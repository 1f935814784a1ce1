import { StreamsError } from '../../errors/index.ts'
import type { Clock, Logger, PartitionOffset, RecordBatch, TopicPartition } from '../../ports/index.ts'
import { leaderOf, topicMissing } from './cluster-metadata.ts'
import type { DriverCluster } from './driver.ts'
import { FetchExchange, outOfRange } from './fetch-exchange.ts'
import { failureKind } from './kafka-failure.ts'
import type { KafkaSettings } from './options.ts'
import { partitionName, positionAt, type PartitionPosition } from './partition-position.ts'
import { RareWarning } from './rare-warning.ts'
import { backoffMs, sleep } from './retry.ts'
import { WakeSignal } from './wake-signal.ts'

/** While a partition is paused, fetches of the others are short, so that a resumed one need not wait for them. */
const pausedWaitMs = 10
/** Data of paused partitions is fetched ahead up to so many bytes. */
const maxParkedBytes = 16 * 1_048_576
const missingTopicMs = 20_000
const maxRefusals = 10

export interface FetcherOptions {
  readonly cluster: DriverCluster
  readonly settings: KafkaSettings
  readonly clock: Clock
  readonly logger: Logger
  readonly readCommitted: boolean
  /** Names of paused partitions; changed by the owner, who calls `resumed`. */
  readonly paused: ReadonlySet<string>
  /** Whether a partition whose position is not in the log goes on at the first offset that is, or fails. */
  readonly skipsWhatIsGone: boolean
  readonly onBatch: (batch: RecordBatch) => void
  /** Reading cannot go on: of one partition, which is dropped, or, where none is named, of all. */
  readonly onError: (thrown: unknown, partition?: TopicPartition) => void
}

/**
 * Reads partitions, of one generation or of a reader: one loop per broker that leads some, each with one request outstanding.
 * A batch is handed over as soon as it is decoded and the next request goes out at once. What is paused is fetched
 * one batch ahead. Lost connections and moved leaders are retried here until `stop`.
 */
export class PartitionFetcher {
  readonly #options: FetcherOptions
  readonly #exchange: FetchExchange
  readonly #warning: RareWarning
  readonly #positions = new Map<string, PartitionPosition>()
  readonly #loops = new Set<number>()
  readonly #changed = new WakeSignal()
  #leaders = new Map<number, PartitionPosition[]>()
  #parkedBytes = 0
  #isStopped = false
  #isFindingHomes = false

  constructor(options: FetcherOptions) {
    this.#options = options
    this.#warning = new RareWarning(options.clock, options.logger)
    this.#exchange = new FetchExchange(options.cluster, options.settings, options.readCommitted)
  }

  /** Reads these from now on, each from exactly its offset. One that is being read starts over there. */
  start(positions: readonly PartitionOffset[]): void {
    if (this.#isStopped) return
    for (const each of positions) {
      const position = positionAt(each)
      this.#drop(position.name)
      this.#positions.set(position.name, position)
    }
    this.#followLeaders()
  }

  /** Nothing of these is handed over from now on. */
  remove(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#drop(partitionName(each))
    this.#followLeaders()
  }

  #drop(name: string): void {
    const position = this.#positions.get(name)
    if (position?.parked) this.#parkedBytes -= position.parked.sizeBytes
    this.#positions.delete(name)
  }

  /** Nothing is handed over from now on. */
  stop(): void {
    this.#isStopped = true
    this.#positions.clear()
    this.#leaders.clear()
    this.#changed.wake()
  }

  /** Hands over what came while these were paused, and reads on. */
  resumed(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) {
      const position = this.#positions.get(partitionName(each))
      // Not from inside the caller's `resume`: it expects nothing to happen in it.
      if (position?.parked) queueMicrotask(() => this.#unpark(position))
    }
    this.#changed.wake()
  }

  #unpark(position: PartitionPosition): void {
    const batch = position.parked
    const isRead = this.#positions.get(position.name) === position
    if (!batch || !isRead || this.#options.paused.has(position.name)) return
    position.parked = null
    this.#parkedBytes -= batch.sizeBytes
    this.#changed.wake()
    this.#options.onBatch(batch)
  }

  /** Sorts partitions by leader, from the metadata at hand, and sees that every leader has its loop. */
  #followLeaders(): void {
    const leaders = new Map<number, PartitionPosition[]>()
    let homeless = false
    for (const position of this.#positions.values()) {
      const leader = leaderOf(this.#options.cluster, position.topic, position.partition)
      if (leader < 0) homeless = true
      if (this.#isGone(position, leader === -2)) {
        this.#failAt(position, topicMissing([position.topic]).in({ partition: position.partition }))
        continue
      }
      if (leaders.has(leader)) leaders.get(leader)!.push(position)
      else if (leader >= 0) leaders.set(leader, [position])
    }
    this.#leaders = leaders
    this.#changed.wake()
    for (const nodeId of leaders.keys()) {
      if (this.#loops.has(nodeId)) continue
      this.#loops.add(nodeId)
      this.#guard(this.#readFrom(nodeId))
    }
    if (homeless && !this.#isFindingHomes) this.#guard(this.#findHomes())
  }

  /** A partition may be unknown for a while: a broker that has just started does not know everything yet. */
  #isGone(position: PartitionPosition, isUnknown: boolean): boolean {
    const nowMs = this.#options.clock.nowMs()
    position.unknownSinceMs = isUnknown ? (position.unknownSinceMs ?? nowMs) : null
    return position.unknownSinceMs !== null && nowMs - position.unknownSinceMs >= missingTopicMs
  }

  #guard(loop: Promise<void>): void {
    loop.catch((thrown: unknown) => this.#fail(thrown))
  }

  #fail(thrown: unknown): void {
    if (this.#isStopped) return
    this.stop()
    this.#options.onError(thrown)
  }

  #failAt(position: PartitionPosition, error: StreamsError): void {
    this.#drop(position.name)
    if (!this.#isStopped) this.#options.onError(error, { topic: position.topic, partition: position.partition })
  }

  async #findHomes(): Promise<void> {
    this.#isFindingHomes = true
    await sleep(this.#options.clock, backoffMs(3))
    this.#isFindingHomes = false
    await this.#refresh()
  }

  async #readFrom(nodeId: number): Promise<void> {
    let failures = 0
    for (;;) {
      const led = this.#leaders.get(nodeId)
      if (!led || this.#isStopped) {
        this.#loops.delete(nodeId)
        return
      }
      const wanted = led.filter((position) => this.#isWanted(position))
      if (wanted.length === 0) {
        await this.#changed.wait()
        continue
      }
      for (const position of wanted) position.isFetching = true
      try {
        const isTroubled = await this.#fetch(nodeId, wanted)
        failures = isTroubled ? failures + 1 : 0
        if (isTroubled) await this.#recover(failures)
      } catch (thrown) {
        if (this.#isStopped) continue
        if (failureKind(thrown) !== 'transient') throw thrown
        failures++
        this.#warning.failed(`Fetching from broker ${nodeId} failed; trying again`, thrown)
        await this.#recover(failures)
      } finally {
        for (const position of wanted) position.isFetching = false
        this.#changed.wake()
      }
    }
  }

  #isWanted(position: PartitionPosition): boolean {
    if (position.isFetching || position.parked || this.#positions.get(position.name) !== position) return false
    return this.#parkedBytes < maxParkedBytes || !this.#options.paused.has(position.name)
  }

  /** Waits a moment, then looks where the leaders are now. */
  async #recover(failures: number): Promise<void> {
    await sleep(this.#options.clock, backoffMs(failures, 50, 500))
    await this.#refresh()
  }

  async #refresh(): Promise<void> {
    for (let failures = 1; !this.#isStopped; failures++) {
      try {
        await this.#options.cluster.refreshMetadata()
        break
      } catch (thrown) {
        if (failureKind(thrown) !== 'transient') throw thrown
        this.#warning.failed('Metadata cannot be refreshed; trying again', thrown)
        await sleep(this.#options.clock, backoffMs(failures, 50, 500))
      }
    }
    if (!this.#isStopped) this.#followLeaders()
  }

  /** One request and the handing over of its answer. True if something must be looked for, or asked for again. */
  async #fetch(nodeId: number, wanted: readonly PartitionPosition[]): Promise<boolean> {
    const outcomes = await this.#exchange.fetch(nodeId, wanted, this.#maxWaitMs())
    let isTroubled = false
    for (const outcome of outcomes) {
      const { position } = outcome
      // It may have been removed while the request was under way, or by whoever got the batch before.
      if (this.#positions.get(position.name) !== position) continue
      if (outcome.kind === 'read') {
        position.refusals = 0
        if (outcome.batch) this.#take(position, outcome.batch)
      } else if (outcome.kind === 'out-of-range') {
        await this.#settleRange(position)
      } else {
        isTroubled = true
        if (outcome.kind === 'refused') this.#refused(position, outcome.error)
      }
    }
    return isTroubled && !this.#isStopped
  }

  #take(position: PartitionPosition, batch: RecordBatch): void {
    position.next = batch.nextOffset
    if (this.#options.paused.has(position.name)) {
      position.parked = batch
      this.#parkedBytes += batch.sizeBytes
    } else {
      this.#options.onBatch(batch)
    }
  }

  /** What is refused again and again does not heal, unlike a connection. */
  #refused(position: PartitionPosition, error: StreamsError): void {
    if (error.retriable && ++position.refusals <= maxRefusals) {
      this.#warning.failed('Records cannot be fetched; trying again', error)
      return
    }
    const { code, what, hint, context, cause } = error
    this.#failAt(position, new StreamsError({ ...context, code, what, hint, cause }))
  }

  async #settleRange(position: PartitionPosition): Promise<void> {
    if (this.#options.skipsWhatIsGone) {
      const { first, end } = await this.#exchange.bounds(position)
      const { topic, partition, next } = position
      const message = 'The position to read from is not in the log; going on at the first offset that is'
      this.#options.logger.warn({ topic, partition, offset: next, first, end }, message)
      position.next = first
    } else {
      this.#failAt(position, outOfRange(position, await this.#exchange.bounds(position).catch(() => null)))
    }
  }

  #maxWaitMs(): number {
    const { settings, paused } = this.#options
    const isHeldBack = paused.size > 0 && [...this.#positions.keys()].some((name) => paused.has(name))
    return isHeldBack ? Math.min(pausedWaitMs, settings.maxWaitMs) : settings.maxWaitMs
  }
}
