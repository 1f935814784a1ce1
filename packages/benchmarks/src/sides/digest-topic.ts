import { kafkaClient, whileRunning } from './kafka-client.ts'
import type { TopicToRead } from './bare-consume.ts'

export interface DigestInput extends TopicToRead {
  readonly brokers: readonly string[]
}

export interface Digest {
  readonly records: number
  /** Does not depend on the order of the records, nor of the fields within one. */
  readonly digest: number
}

/** Reads a topic of JSON objects whole, to compare it with another. */
export async function run({ brokers, topic, groupId, records }: DigestInput): Promise<Digest> {
  const consumer = kafkaClient(brokers).consumer({ groupId, maxWaitTimeInMs: 250 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let [count, digest] = [0, 0]
  await whileRunning<void>(consumer, (resolve) =>
    consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { key, value } of batch.messages) {
          digest = (digest + hash(`${String(key)} ${canonical(String(value))}`)) % Number.MAX_SAFE_INTEGER
          count += 1
        }
        if (count >= records) resolve()
      },
    }),
  )
  await consumer.disconnect()
  return { records: count, digest }
}

function canonical(text: string): string {
  return JSON.stringify(Object.entries(JSON.parse(text) as object).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
