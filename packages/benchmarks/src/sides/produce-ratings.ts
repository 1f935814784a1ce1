import kafkajs, { type Message, type Producer } from 'kafkajs'
import { partitionOf } from 'millrace'
import { type RatingSet, ratingsOf } from '../ratings.ts'
import { kafkaClient } from './kafka-client.ts'

export interface ProduceInput {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  readonly set: RatingSet
  readonly isGzipped: boolean
  readonly recordsPerBatch: number
}

export interface Produced {
  readonly records: number
  /** The sum of all marks: whoever reads the topic must come to the same. */
  readonly ratingSum: number
  readonly meanBytes: number
}

/** Sends under way at a time: one-record batches would take minutes one after the other. */
const maxSends = 64

/** Fills a topic with ratings in batches of one size, through kafkajs. */
export async function run(input: ProduceInput): Promise<Produced> {
  const { brokers, partitions, set, recordsPerBatch } = input
  const producer = kafkaClient(brokers).producer()
  await producer.connect()
  const open = Array.from({ length: partitions }, (): Message[] => [])
  const sends = new Set<Promise<unknown>>()
  let [records, ratingSum, bytes] = [0, 0, 0]
  const send = (partition: number): void => {
    const messages = open[partition] ?? []
    if (messages.length === 0) return
    open[partition] = []
    const sending = sendBatch(producer, input, messages).finally(() => sends.delete(sending))
    sends.add(sending)
  }
  for await (const rating of ratingsOf(set)) {
    const key = Buffer.from(rating.name)
    const value = Buffer.from(JSON.stringify(rating))
    const partition = partitionOf(key, partitions)
    const batch = open[partition]
    batch?.push({ key, value, partition })
    records += 1
    ratingSum += rating.rating
    bytes += value.length
    if (batch !== undefined && batch.length >= recordsPerBatch) send(partition)
    // kafkajs keeps what it is given in memory; a few batches under way are enough
    if (sends.size >= Math.min(maxSends, Math.max(4, maxSends / recordsPerBatch))) await Promise.race(sends)
  }
  open.forEach((_, partition) => send(partition))
  await Promise.all(sends)
  await producer.disconnect()
  return { records, ratingSum, meanBytes: bytes / records }
}

async function sendBatch(producer: Producer, { topic, isGzipped }: ProduceInput, messages: Message[]): Promise<void> {
  const { GZIP, None } = kafkajs.CompressionTypes
  await producer.send({ topic, messages, compression: isGzipped ? GZIP : None })
}
