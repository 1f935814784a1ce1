import { setTimeout as sleep } from 'node:timers/promises'
import { partitionOf } from 'millrace'
import type { OutgoingRecord, Transport, TransportProducer } from 'millrace/ports'
import { chaosRatings, type TimedRating } from './ratings.ts'

const recordsPerRequest = 2_000
const pollMs = 20

export interface ProducerOptions {
  readonly topic: string
  readonly partitions: number
  readonly seed: number
  readonly ratings: number
}

/** Sends the ratings of a run, no faster than it is allowed to. */
export class Producer {
  readonly #options: ProducerOptions
  readonly #producer: TransportProducer
  readonly #ratings: Iterator<TimedRating, unknown>
  #sent = 0
  #isClosed = false

  constructor(transport: Transport, options: ProducerOptions) {
    this.#options = options
    this.#producer = transport.producer({ clientId: 'chaos-producer', compression: 'gzip' })
    this.#ratings = chaosRatings(options.seed, options.ratings)
  }

  get sent(): number {
    return this.#sent
  }

  /** Sends all; `allowed` is asked again and again how many may be sent by now. */
  async sendAll(allowed: () => number): Promise<void> {
    const { ratings } = this.#options
    while (this.#sent < ratings && !this.#isClosed) {
      const room = Math.min(recordsPerRequest, Math.min(ratings, Math.floor(allowed())) - this.#sent)
      if (room > 0) await this.#send(room)
      else await sleep(pollMs)
    }
  }

  /** Sends until that many are sent in all. */
  async sendUpTo(total: number): Promise<void> {
    while (this.#sent < total) await this.#send(Math.min(recordsPerRequest, total - this.#sent))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#producer.close()
  }

  async #send(count: number): Promise<void> {
    const { topic, partitions } = this.#options
    const batches: OutgoingRecord[][] = Array.from({ length: partitions }, () => [])
    for (let made = 0; made < count; made++) {
      const { user, film, stars, atMs } = this.#ratings.next().value as TimedRating
      const key = Buffer.from(user)
      const value = Buffer.from(JSON.stringify({ film, stars }))
      batches[partitionOf(key, partitions)]!.push({ key, value, timestamp: atMs, headers: [] })
    }
    const filled = batches.map((records, partition) => ({ topic, partition, records }))
    await this.#producer.send(filled.filter(({ records }) => records.length > 0))
    this.#sent += count
  }
}
