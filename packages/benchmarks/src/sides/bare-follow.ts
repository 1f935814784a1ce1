import type { KafkaMessage } from 'kafkajs'
import type { RatingMessage } from '@millrace/example-movie-ratings'
import { columnNames, insertCql } from '../bench-table.ts'
import { withClient } from '../cassandra-address.ts'
import { createEnrich } from '../ratings.ts'
import type { SideControl } from '../sides.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { kafkaClient } from './kafka-client.ts'
import type { Destination } from './latency-probe.ts'

export interface FollowInput {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly groupId: string
  readonly destination: Destination
}

type Deliver = (messages: readonly KafkaMessage[]) => Promise<unknown>

/** A bare loop that passes on what comes, at once, until it is told to stop. */
export async function run(input: FollowInput, control: SideControl): Promise<Measured> {
  const enrich = await createEnrich()
  const enriched = ({ value }: KafkaMessage) => enrich(JSON.parse(String(value)) as RatingMessage)
  const { destination, brokers } = input
  if (destination.kind === 'table') {
    const query = insertCql(destination)
    return withClient(destination.cassandra, (client) => {
      const insert = (message: KafkaMessage): Promise<unknown> => {
        const row = enriched(message)
        return client.execute(
          query,
          columnNames.map((name) => row[name]),
        )
      }
      return follow(input, control, (messages) => Promise.all(messages.map(insert)))
    })
  }
  const producer = kafkaClient(brokers).producer()
  await producer.connect()
  const { topic } = destination
  const result = await follow(input, control, (messages) =>
    producer.send({
      topic,
      messages: messages.map((message) => ({ key: message.key, value: JSON.stringify(enriched(message)) })),
    }),
  )
  await producer.disconnect()
  return result
}

async function follow(input: FollowInput, control: SideControl, deliver: Deliver): Promise<Measured> {
  const consumer = kafkaClient(input.brokers).consumer({ groupId: input.groupId, maxWaitTimeInMs: 250 })
  await consumer.connect()
  await consumer.subscribe({ topic: input.topic, fromBeginning: true })
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve())
  })
  let count = 0
  await consumer.run({
    autoCommitInterval: 5_000,
    eachBatch: async ({ batch }) => {
      await deliver(batch.messages)
      count += batch.messages.length
    },
  })
  await joined
  const stop = startStopwatch()
  control.ready()
  await control.stopped
  const result = stop(count)
  await consumer.disconnect()
  return result
}
