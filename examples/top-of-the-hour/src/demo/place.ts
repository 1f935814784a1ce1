import { connectTransport, embedded, type EmbeddedServer, partitionOf } from 'millrace'
import type { OutgoingRecord, ProduceBatch, Transport, TransportProducer } from 'millrace/ports'
import { invalidTopic, ratingsTopic, topTopic, usersTopic } from '../topics.ts'

const partitions = 3

/** A broker in this process, with the topics of the example. */
export interface Place {
  readonly server: EmbeddedServer
  readonly producer: TransportProducer
  close(): Promise<void>
}

/** Nothing is installed, nothing stays. */
export async function openPlace(): Promise<Place> {
  const server = embedded()
  const transport: Transport = await connectTransport({ embedded: server })
  await transport.admin.createTopics([
    { topic: ratingsTopic, partitions },
    { topic: usersTopic, partitions },
    { topic: topTopic, partitions },
    { topic: invalidTopic, partitions: 1 },
  ])
  const producer = transport.producer({ clientId: 'top-of-the-hour-producer' })
  return { server, producer, close: () => transport.close() }
}

/** Where a key goes, as Kafka's own clients choose. */
export function partitionOfKey(key: string): number {
  return partitionOf(Buffer.from(key), partitions)
}

/** Sends records in order, and waits until they are acknowledged. */
export async function send(
  producer: TransportProducer,
  topic: string,
  records: readonly { readonly key: string; readonly value: unknown; readonly atMs: number }[],
): Promise<void> {
  const batches = new Map<number, OutgoingRecord[]>()
  for (const { key, value, atMs } of records) {
    const partition = partitionOfKey(key)
    const batch = batches.get(partition) ?? []
    batch.push({ key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)), timestamp: atMs, headers: [] })
    batches.set(partition, batch)
  }
  await producer.send(Array.from(batches, ([partition, batch]): ProduceBatch => ({ topic, partition, records: batch })))
}
