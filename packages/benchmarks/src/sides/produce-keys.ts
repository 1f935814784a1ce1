import type { Message } from 'kafkajs'
import { partitionOf } from 'millrace'
import { kafkaClient } from './kafka-client.ts'

export interface KeysToProduce {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  /** Keys `from` to before `to`, one record each. */
  readonly from: number
  readonly to: number
}

/** kafkajs encodes the records of one partition in quadratic time. */
const recordsPerPartition = 1_000

/** The key of a record: text of 8 bytes. */
export function keyOf(index: number): string {
  return String(index).padStart(8, '0')
}

/** What the store holds for it. */
export function valueOf(index: number): number {
  return index % 1024
}

/** Writes one record for each key; the value is a double. */
export async function run({ brokers, topic, partitions, from, to }: KeysToProduce): Promise<number> {
  const producer = kafkaClient(brokers).producer()
  await producer.connect()
  const recordsPerSend = recordsPerPartition * partitions
  for (let at = from; at < to; at += recordsPerSend) {
    const count = Math.min(recordsPerSend, to - at)
    const messages = Array.from({ length: count }, (_, index) => messageOf(at + index, partitions))
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
  return to - from
}

function messageOf(index: number, partitions: number): Message {
  const key = Buffer.from(keyOf(index))
  const value = Buffer.allocUnsafe(8)
  value.writeDoubleBE(valueOf(index))
  return { key, value, partition: partitionOf(key, partitions) }
}
