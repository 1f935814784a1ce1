import type { KafkaMessage, Message } from 'kafkajs'
import type { RatingMessage } from '@millrace/example-movie-ratings'
import { createEnrich } from '../ratings.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import type { TopicToRead } from './bare-consume.ts'
import { kafkaClient, whileRunning } from './kafka-client.ts'

export interface ForwardInput {
  readonly brokers: readonly string[]
  /** Forwarded first, unmeasured, by the same code. */
  readonly warmUp: TopicToForward
  readonly measured: TopicToForward
}

export interface TopicToForward extends TopicToRead {
  readonly output: string
}

export interface BareForwardInput extends ForwardInput {
  readonly recordsPerSend: number
}

/** The work of the example by hand, then `send` in batches of one size. From joining the group to the last answer. */
export async function run(input: BareForwardInput): Promise<Measured> {
  await forward(input, input.warmUp)
  return forward(input, input.measured)
}

async function forward({ brokers, recordsPerSend }: BareForwardInput, work: TopicToForward): Promise<Measured> {
  const kafka = kafkaClient(brokers)
  const producer = kafka.producer()
  const consumer = kafka.consumer({ groupId: work.groupId, maxWaitTimeInMs: 250 })
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topic: work.topic, fromBeginning: true })
  const outgoing = await createOutgoing()
  let count = 0
  let stop: ReturnType<typeof startStopwatch> | undefined
  consumer.on(consumer.events.GROUP_JOIN, () => {
    stop ??= startStopwatch()
  })
  const result = await whileRunning<Measured>(consumer, (resolve) =>
    consumer.run({
      autoCommitInterval: 5_000,
      // while one partition waits for its answers the others go on
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        for (let from = 0; from < batch.messages.length; from += recordsPerSend) {
          const messages = batch.messages.slice(from, from + recordsPerSend).map(outgoing)
          await producer.send({ topic: work.output, messages })
          count += messages.length
        }
        if (count >= work.records && stop !== undefined) resolve(stop(count))
      },
    }),
  )
  await consumer.disconnect()
  await producer.disconnect()
  return result
}

async function createOutgoing(): Promise<(message: KafkaMessage) => Message> {
  const enrich = await createEnrich()
  return ({ key, value, timestamp }) => ({
    key,
    value: JSON.stringify(enrich(JSON.parse(String(value)) as RatingMessage)),
    timestamp,
  })
}
