import { StreamsError } from '../../errors/index.ts'
import type { Clock, Logger, PartitionOffset, RecordBatch, TopicPartition } from '../../ports/index.ts'
import type { DriverCluster, FetchRequest } from './driver.ts'
import type { FetchAnswer, FetchedPartition } from './fetch-response.ts'
import { leaderOf, topicMissing } from './cluster-metadata.ts'
import { describeCode } from './fetch-error.ts'
import { failureKind, failureType } from './kafka-failure.ts'
import type { KafkaSettings } from './options.ts'
import { partitionName, type PartitionPosition } from './partition-position.ts'
import { decodeRecords } from './record-set.ts'
import { backoffMs, sleep } from './retry.ts'
import { WakeSignal } from './wake-signal.ts'

/** While a partition is paused, fetches of the others are short, so that a resumed one need not wait for them. */
const pausedWaitMs = 10
/** Data of paused partitions is fetched ahead up to so many bytes. */
const maxParkedBytes = 16 * 1_048_576
const warnEveryMs = 10_000
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
  readonly onBatch: (batch: RecordBatch) => void
  /** Reading cannot go on. Called at most once. */
  readonly onError: (thrown: unknown) => void
}

/**
 * Reads the partitions of one generation: one loop per broker that leads some, each with one request outstanding.
 * A batch is handed over as soon as it is decoded and the next request goes out at once. What is paused is fetched
 * one batch ahead. Lost connections and moved leaders are retried here for as long as the generation lasts.
 */
export class PartitionFetcher {
  readonly #options: FetcherOptions
  readonly #positions = new Map<string, PartitionPosition>()
  readonly #loops = new Set<number>()
  readonly #changed = new WakeSignal()
  #leaders = new Map<number, PartitionPosition[]>()
  #parkedBytes = 0
  #isStopped = false
  #isFindingHomes = false
  #warnedAtMs = -warnEveryMs

  constructor(options: FetcherOptions) {
    this.#options = options
  }

  start(positions: readonly PartitionOffset[]): void {
    for (const { topic, partition, offset } of positions) {
      const name = partitionName({ topic, partition })
      this.#positions.set(name, {
        topic,
        partition,
        name,
        next: offset,
        parked: null,
        isFetching: false,
        unknownSinceMs: null,
      })
    }
    this.#followLeaders()
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
    if (!batch || this.#isStopped || this.#options.paused.has(position.name)) return
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
        this.#fail(topicMissing([position.topic]))
        return
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
        const isStale = await this.#fetch(nodeId, wanted)
        failures = isStale ? failures + 1 : 0
        if (isStale) await this.#recover(failures)
      } catch (thrown) {
        if (this.#isStopped) continue
        if (failureKind(thrown) !== 'transient') throw thrown
        failures++
        // What the broker or the decoder refuses again and again does not heal, unlike a connection.
        if (thrown instanceof StreamsError && failures > maxRefusals) throw asFinal(thrown)
        this.#warn(`Fetching from broker ${nodeId} failed; trying again`, thrown)
        await this.#recover(failures)
      } finally {
        for (const position of wanted) position.isFetching = false
        this.#changed.wake()
      }
    }
  }

  #isWanted(position: PartitionPosition): boolean {
    if (position.isFetching || position.parked) return false
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
        this.#warn('Metadata cannot be refreshed; trying again', thrown)
        await sleep(this.#options.clock, backoffMs(failures, 50, 500))
      }
    }
    if (!this.#isStopped) this.#followLeaders()
  }

  #warn(message: string, thrown: unknown): void {
    const { clock, logger } = this.#options
    if (clock.nowMs() - this.#warnedAtMs < warnEveryMs) return
    this.#warnedAtMs = clock.nowMs()
    logger.warn({ reason: failureType(thrown) }, message)
  }

  /** One request and the handing over of its answer. True if leaders have moved. */
  async #fetch(nodeId: number, wanted: readonly PartitionPosition[]): Promise<boolean> {
    const broker = await this.#options.cluster.findBroker({ nodeId })
    const answer = (await broker.fetch(this.#request(wanted))) as FetchAnswer
    let isStale = false
    const good: { position: PartitionPosition; fetched: FetchedPartition }[] = []
    for (const fetched of answer.partitions) {
      const position = this.#positions.get(partitionName(fetched))
      if (!position) continue
      if (fetched.errorCode === 0) {
        good.push({ position, fetched })
        continue
      }
      const problem = describeCode(fetched.errorCode)
      if (problem.isOutOfRange) throw await this.#outOfRange(position)
      if (!problem.isStale) throw problem.toError(fetched)
      isStale = true
    }
    const batches = await Promise.all(good.map(({ position, fetched }) => this.#decode(position, fetched)))
    for (const [index, batch] of batches.entries()) {
      if (this.#isStopped) return false
      if (batch) this.#take(good[index]!.position, batch)
    }
    return isStale
  }

  async #decode(position: PartitionPosition, fetched: FetchedPartition): Promise<RecordBatch | null> {
    const { readCommitted, settings } = this.#options
    return decodeRecords(fetched, { fromOffset: position.next, readCommitted, checkCrcs: settings.checkCrcs })
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

  #request(wanted: readonly PartitionPosition[]): FetchRequest {
    const { settings, paused, readCommitted } = this.#options
    const isHeldBack = paused.size > 0 && [...this.#positions.keys()].some((name) => paused.has(name))
    return {
      isolationLevel: readCommitted ? 1 : 0,
      maxWaitTime: isHeldBack ? Math.min(pausedWaitMs, settings.maxWaitMs) : settings.maxWaitMs,
      minBytes: 1,
      maxBytes: settings.maxBytesPerFetch,
      topics: wanted.map(({ topic, partition, next }) => ({
        topic,
        partitions: [{ partition, fetchOffset: String(next), maxBytes: settings.maxBytesPerPartition }],
      })),
    }
  }

  async #outOfRange({ topic, partition, next }: PartitionPosition): Promise<StreamsError> {
    const ask = async (fromBeginning: boolean): Promise<string> => {
      const [found] = await this.#options.cluster.fetchTopicsOffset([
        { topic, partitions: [{ partition }], fromBeginning },
      ])
      return found?.partitions[0]?.offset ?? '?'
    }
    const [first, end] = await Promise.all([ask(true), ask(false)]).catch(() => ['?', '?'])
    return new StreamsError({
      code: 'OFFSET_OUT_OF_RANGE',
      what: `The position to read from is not in the log, which holds ${first} up to ${end}`,
      hint: 'Records were deleted before they were read, or the log was cut or replaced. Check retention, then reset the offsets of the group.',
      topic,
      partition,
      offset: next,
    })
  }
}

function asFinal(error: StreamsError): StreamsError {
  const { code, what, hint, context, cause } = error
  return new StreamsError({ ...context, code, what, hint, cause })
}
