import { partitionOf, StreamsError } from 'millrace'
import type { Clock, OutgoingRecord, ProduceBatch, Transport } from 'millrace/ports'
import type { KeyedText, RatingFeed } from './rating-feed.ts'

export interface SendOptions {
  readonly transport: Transport
  readonly topic: string
  readonly feed: RatingFeed
  readonly clock: Clock
  /** Called after each batch that was acknowledged. */
  readonly onSent?: (sentRecords: number, last: KeyedText) => void
}

/**
 * Sends what the feed gives, gzipped, the records of one key to one partition in their order, and waits for the
 * acknowledgement of each batch. Gives the number of acknowledged records.
 */
export async function sendRatings({ transport, topic, feed, clock, onSent }: SendOptions): Promise<number> {
  const partitions = await partitionCount(transport, topic)
  const producer = transport.producer({ clientId: 'movie-ratings-producer', compression: 'gzip' })
  let acknowledged = 0
  try {
    for await (const records of feed) {
      const acks = await producer.send(byPartition(topic, partitions, records, clock.nowMs()))
      for (const ack of acks) acknowledged += ack.count
      const last = records.at(-1)
      if (last !== undefined) onSent?.(acknowledged, last)
    }
  } finally {
    await producer.close()
  }
  return acknowledged
}

async function partitionCount(transport: Transport, topic: string): Promise<number> {
  const count = (await transport.admin.partitionCounts([topic])).get(topic)
  if (count !== undefined) return count
  throw new StreamsError({
    code: 'TOPIC_MISSING',
    what: 'Cannot send ratings: the topic does not exist',
    hint: 'Create it, or start the pipeline with --create-topics first.',
    topic,
  })
}

function byPartition(topic: string, count: number, records: readonly KeyedText[], nowMs: number): ProduceBatch[] {
  const batches = new Map<number, OutgoingRecord[]>()
  for (const { key, value } of records) {
    const bytes = key === null ? null : Buffer.from(key)
    const partition = bytes === null ? 0 : partitionOf(bytes, count)
    const record = { key: bytes, value: Buffer.from(value), timestamp: nowMs, headers: [] }
    const batch = batches.get(partition)
    if (batch === undefined) batches.set(partition, [record])
    else batch.push(record)
  }
  return Array.from(batches, ([partition, batch]) => ({ topic, partition, records: batch }))
}
