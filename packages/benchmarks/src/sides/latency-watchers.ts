import { setTimeout } from 'node:timers/promises'
import type { RatingMessage } from '@millrace/example-movie-ratings'
import { withClient } from '../cassandra-address.ts'
import { createEnrich } from '../ratings.ts'
import { kafkaClient } from './kafka-client.ts'
import type { Destination } from './latency-probe.ts'

/** Looks for records where they are to arrive. */
export interface Watcher {
  /** A record is on its way. */
  sent(index: number, rating: RatingMessage): void
  close(): Promise<void>
}

type OnSeen = (index: number) => void

/** Sees a record when a kafkajs consumer does. */
export async function watchTopic(
  brokers: readonly string[],
  { topic, groupId }: Extract<Destination, { kind: 'topic' }>,
  onSeen: OnSeen,
): Promise<Watcher> {
  const consumer = kafkaClient(brokers).consumer({ groupId, maxWaitTimeInMs: 250 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve())
  })
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { key } of batch.messages) onSeen(Number(String(key).replace('rater-', '')))
    },
  })
  await joined
  return { sent: () => {}, close: () => consumer.disconnect() }
}

/** Sees a row when a read by its primary key answers with it; asks again a millisecond after each answer. */
export async function watchTable(
  { cassandra, keyspace, table }: Extract<Destination, { kind: 'table' }>,
  onSeen: OnSeen,
): Promise<Watcher> {
  const enrich = await createEnrich()
  const query = `SELECT rating FROM ${keyspace}.${table} WHERE name = ? AND hour_bucket = ? AND timestamp = ? AND movie = ?`
  const waiting: [index: number, parameters: unknown[]][] = []
  let isClosed = false
  const reading = withClient(cassandra, async (client) => {
    const watch = async (index: number, parameters: unknown[]): Promise<void> => {
      while (!isClosed) {
        const { rowLength } = await client.execute(query, parameters)
        if (rowLength > 0) return onSeen(index)
        await setTimeout(1)
      }
    }
    const watches: Promise<void>[] = []
    while (!isClosed) {
      for (const [index, parameters] of waiting.splice(0)) watches.push(watch(index, parameters))
      await setTimeout(1)
    }
    await Promise.all(watches)
  })
  reading.catch(() => {})
  return {
    sent(index, rating) {
      const { name, hour_bucket, timestamp, movie } = enrich(rating)
      waiting.push([index, [name, hour_bucket, timestamp, movie]])
    },
    close: () => {
      isClosed = true
      return reading
    },
  }
}
