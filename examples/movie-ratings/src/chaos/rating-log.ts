import { partitionOf } from 'millrace'
import type { OutgoingRecord, ProduceBatch, TopicPartition, Transport } from 'millrace/ports'
import type { RatingMessage } from '../generator/ratings.ts'
import { ratingsTopic } from '../topics.ts'
import type { ChaosRecord } from './chaos-ratings.ts'

/** What stands in the topic, offset by offset, as its acknowledgements say. */
export class RatingLog {
  readonly partitions: readonly TopicPartition[]
  readonly #logs: readonly (ChaosRecord | undefined)[][]
  readonly #transport: Transport
  readonly #producer: ReturnType<Transport['producer']>
  #acknowledged = 0
  #notRatings = 0

  constructor(transport: Transport, partitionCount: number) {
    this.#transport = transport
    this.#producer = transport.producer({ clientId: 'chaos-producer', compression: 'gzip' })
    this.#logs = Array.from({ length: partitionCount }, () => [])
    this.partitions = this.#logs.map((_, partition) => ({ topic: ratingsTopic, partition }))
  }

  /** Records that were acknowledged. */
  get records(): number {
    return this.#acknowledged
  }

  /** Of those, how many are no ratings. */
  get notRatings(): number {
    return this.#notRatings
  }

  /** Sends records, those of one key to one partition in their order, and waits for the acknowledgements. */
  async send(records: readonly ChaosRecord[], nowMs: number): Promise<void> {
    const batches = new Map<number, ChaosRecord[]>()
    for (const record of records) {
      const partition = partitionOf(Buffer.from(record.key), this.#logs.length)
      const batch = batches.get(partition)
      if (batch === undefined) batches.set(partition, [record])
      else batch.push(record)
    }
    const request = Array.from(batches, ([partition, batch]): ProduceBatch => {
      const outgoing = batch.map((record): OutgoingRecord => toOutgoing(record, nowMs))
      return { topic: ratingsTopic, partition, records: outgoing }
    })
    for (const { partition, baseOffset, count } of await this.#producer.send(request)) {
      const sent = batches.get(partition) ?? []
      for (let index = 0; index < count; index++) this.#logs[partition]![baseOffset + index] = sent[index]
      this.#acknowledged += count
    }
    this.#notRatings += records.filter(({ rating }) => rating === undefined).length
  }

  /** The ratings of a partition from one offset up to, not including, another. */
  ratings(partition: number, from: number, to: number): readonly RatingMessage[] {
    return this.#logs[partition]!.slice(from, to).flatMap((record) =>
      record?.rating === undefined ? [] : [record.rating],
    )
  }

  /** Offsets that the topic has and no acknowledgement named: 0 unless a record was written twice. */
  async unexplainedRecords(): Promise<number> {
    const ends = await this.#transport.admin.offsets(this.partitions, 'latest')
    return ends.reduce((sum, { offset }) => sum + offset, 0) - this.#acknowledged
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}

function toOutgoing({ key, value }: ChaosRecord, timestamp: number): OutgoingRecord {
  return { key: Buffer.from(key), value: Buffer.from(value), timestamp, headers: [] }
}
