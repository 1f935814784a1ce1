import { setTimeout } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import type { CassandraAddress } from '../cassandra-address.ts'
import { ratingsOf } from '../ratings.ts'
import { until } from '../until.ts'
import { kafkaClient } from './kafka-client.ts'
import { watchTable, watchTopic, type Watcher } from './latency-watchers.ts'

/** Where the probe sees a record again. */
export type Destination =
  | { readonly kind: 'topic'; readonly topic: string; readonly groupId: string }
  | { readonly kind: 'table'; readonly cassandra: CassandraAddress; readonly keyspace: string; readonly table: string }

export interface ProbeInput {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly recordsPerSecond: number
  /** Sent first, not counted. */
  readonly warmUpRecords: number
  readonly records: number
  readonly destination: Destination
}

/** From just before a record is given to the producer until the probe sees it, ms, in the order of sending. */
export type Latencies = readonly number[]

/** After the last record was sent; what is not seen by then is lost. */
const patienceMs = 30_000

/** Sends ratings at a steady rate and looks for each where it is to arrive. Sends and sees on the same clock. */
export async function run(input: ProbeInput): Promise<Latencies> {
  const { brokers, topic, destination, warmUpRecords, records, recordsPerSecond } = input
  const latencies: number[] = []
  const sentMs: number[] = []
  let seen = 0
  const onSeen = (index: number): void => {
    if (latencies[index] !== undefined) return
    latencies[index] = performance.now() - (sentMs[index] ?? Number.NaN)
    seen += 1
  }
  const producer = kafkaClient(brokers).producer()
  await producer.connect()
  const watcher =
    destination.kind === 'topic'
      ? await watchTopic(brokers, destination, onSeen)
      : await watchTable(destination, onSeen)
  const total = warmUpRecords + records
  await sendSteadily({ producer, topic, watcher, sentMs, total, recordsPerSecond })
  await Promise.race([until(() => seen === total, 5), setTimeout(patienceMs)])
  await watcher.close()
  await producer.disconnect()
  return latencies.slice(warmUpRecords).filter((latency) => latency !== undefined)
}

async function sendSteadily(work: {
  readonly producer: Producer
  readonly topic: string
  readonly watcher: Watcher
  readonly sentMs: number[]
  readonly total: number
  readonly recordsPerSecond: number
}): Promise<void> {
  const { producer, topic, watcher, sentMs, total, recordsPerSecond } = work
  const startMs = performance.now()
  const gapMs = 1_000 / recordsPerSecond
  const sends: Promise<unknown>[] = []
  let index = 0
  for await (const rating of ratingsOf({ count: total, gapMs })) {
    const dueMs = startMs + index * gapMs - performance.now()
    if (dueMs > 0) await setTimeout(dueMs)
    const numbered = { ...rating, name: `rater-${index}` }
    sentMs[index] = performance.now()
    sends.push(producer.send({ topic, messages: [{ key: numbered.name, value: JSON.stringify(numbered) }] }))
    watcher.sent(index, numbered)
    index += 1
  }
  await Promise.all(sends)
}
