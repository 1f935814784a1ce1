import { StreamsError } from '../../errors/index.ts'
import type { Assignment, ConsumerListener, PartitionOffset } from '../../ports/index.ts'
import { topicMissing, type EmbeddedBroker } from './embedded-broker.ts'
import type { BrokerRequest } from './broker-faults.ts'
import type { Isolation, PartitionLog } from './partition-log.ts'
import { transportFailed } from './request-gate.ts'
import { settlesWithin } from './settles-within.ts'

/** How long a fetch that failed waits. */
const retryAfterMs = 100
const heartbeatMs = 3_000

interface Position {
  readonly name: string
  readonly log: PartitionLog
  offset: number
}

/** What a reader asks of its consumer, and tells it. */
export interface ReaderOwner {
  readonly isolation: Isolation
  request(kind: BrokerRequest['kind']): BrokerRequest
  isPaused(name: string): boolean
  /** Reading has started. */
  opened(): void
  failed(thrown: unknown): void
}

/**
 * Reads the partitions of one assignment: `onAssigned`, then batches, then `onRevoking`. It works in turns, one batch
 * per partition and turn, and lets everything else run in between; without records there is no turn and no timer.
 */
export class GenerationReader {
  readonly #broker: EmbeddedBroker
  readonly #assignment: Assignment
  readonly #listener: ConsumerListener
  readonly #owner: ReaderOwner
  readonly #opening: Promise<void>
  #positions: readonly Position[] = []
  #ended: Promise<void> | null = null
  #isAbandoned = false
  #isReading = false
  #hasTurn = false

  constructor(broker: EmbeddedBroker, assignment: Assignment, listener: ConsumerListener, owner: ReaderOwner) {
    this.#broker = broker
    this.#assignment = assignment
    this.#listener = listener
    this.#owner = owner
    this.#opening = this.#open()
  }

  /** Resolves when `onRevoking` has, or has had its time. Never rejects. */
  end(): Promise<void> {
    this.#isReading = false
    this.#ended ??= this.#end()
    return this.#ended
  }

  /** Hands over nothing more and calls nothing more. */
  abandon(): void {
    this.#isAbandoned = true
    this.#isReading = false
    this.#detach()
  }

  /** Looks for records at the next turn. */
  readonly wake = (): void => {
    if (this.#hasTurn || !this.#isReading) return
    this.#hasTurn = true
    void (this.#broker.gate.hasFaults ? this.#fetch() : this.#broker.settings.clock.yield().then(this.#turn))
  }

  async #fetch(): Promise<void> {
    const { gate, settings } = this.#broker
    await settings.clock.yield()
    try {
      await gate.arrive(this.#owner.request('fetch'), transportFailed('A consumer cannot fetch'))
      this.#turn()
    } catch (thrown) {
      this.#hasTurn = false
      if ((thrown as StreamsError).retriable) settings.clock.schedule(retryAfterMs, this.wake)
      else if (this.#isReading) this.#fail(thrown)
    }
  }

  async #open(): Promise<void> {
    try {
      const offsets = await this.#listener.onAssigned(this.#assignment)
      this.#positions = offsets.map((offset) => this.#positionAt(offset))
    } catch (thrown) {
      this.#fail(thrown)
      return
    }
    if (this.#ended || this.#isAbandoned) return
    this.#isReading = true
    if (this.#broker.gate.hasFaults) this.#beat()
    for (const { log } of this.#positions) log.readers.add(this.wake)
    this.#broker.gate.readers.add(this.wake)
    this.wake()
    this.#owner.opened()
  }

  async #end(): Promise<void> {
    await this.#opening
    this.#detach()
    if (this.#isAbandoned) return
    const { clock, rebalanceTimeoutMs } = this.#broker.settings
    // Caught here, so that a rejection after the time is up is told as well.
    const revoked = this.#revoke().catch((thrown: unknown) => this.#fail(thrown))
    await settlesWithin(clock, rebalanceTimeoutMs, revoked)
  }

  // A listener that throws where it should reject gets the same answer.
  async #revoke(): Promise<void> {
    await this.#listener.onRevoking(this.#assignment.generation)
  }

  #fail(thrown: unknown): void {
    this.abandon()
    this.#owner.failed(thrown)
  }

  readonly #turn = (): void => {
    this.#hasTurn = false
    if (!this.#isReading || this.#broker.gate.isDown) return
    try {
      if (this.#handOver()) this.wake()
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  /** Heartbeats only give faults their place: nobody is thrown out for want of one. */
  #beat(): void {
    const { gate, settings } = this.#broker
    settings.clock.schedule(heartbeatMs, () => {
      if (!this.#isReading) return
      const beaten = gate.arrive(this.#owner.request('heartbeat'), transportFailed('A heartbeat got lost'))
      beaten.then(
        () => this.#beat(),
        (thrown: unknown) => ((thrown as StreamsError).retriable ? this.#beat() : this.#fail(thrown)),
      )
    })
  }

  /** One batch per partition; whether there is more. */
  #handOver(): boolean {
    let isMore = false
    for (const position of this.#positions) {
      if (this.#owner.isPaused(position.name)) continue
      const { topic, partition } = position.log
      if (this.#broker.topic(topic)?.partitions[partition] !== position.log) throw topicMissing(topic, partition)
      const batch = position.log.read(position.offset, this.#broker.settings, this.#owner.isolation)
      if (!batch) continue
      position.offset = batch.nextOffset
      this.#listener.onBatch(batch, this.#assignment.generation)
      // The listener may have stopped the consumer.
      if (!this.#isReading) return false
      if (position.offset < position.log.readableEnd(this.#owner.isolation)) isMore = true
    }
    return isMore
  }

  #positionAt({ topic, partition, offset }: PartitionOffset): Position {
    const isOwned = this.#assignment.partitions.some((each) => each.topic === topic && each.partition === partition)
    if (!isOwned) {
      throw new StreamsError({
        code: 'TRANSPORT_FAILED',
        what: 'onAssigned named a partition that is not assigned',
        hint: 'Name only partitions of the assignment.',
        topic,
        partition,
        offset,
      })
    }
    const log = this.#broker.partition({ topic, partition })
    // Reading nothing yet shows whether the offset is in the log.
    log.read(offset, this.#broker.settings)
    return { name: `${topic}/${partition}`, log, offset }
  }

  #detach(): void {
    for (const { log } of this.#positions) log.readers.delete(this.wake)
    this.#broker.gate.readers.delete(this.wake)
  }
}
