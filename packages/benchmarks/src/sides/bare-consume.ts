import { type Measured, startStopwatch } from '../stopwatch.ts'
import { kafkaClient, whileRunning } from './kafka-client.ts'

export interface ConsumeInput {
  readonly brokers: readonly string[]
  /** Read first, unmeasured, by the same code. */
  readonly warmUp: TopicToRead
  readonly measured: TopicToRead
}

export interface TopicToRead {
  readonly topic: string
  readonly groupId: string
  readonly records: number
}

export type Consumed = Measured & { readonly ratingSum: number }

/** The loop that one would write with kafkajs alone: `eachBatch` and `JSON.parse`. From joining the group to the last record. */
export async function run({ brokers, warmUp, measured }: ConsumeInput): Promise<Consumed> {
  await consume(brokers, warmUp)
  return consume(brokers, measured)
}

async function consume(brokers: readonly string[], { topic, groupId, records }: TopicToRead): Promise<Consumed> {
  const consumer = kafkaClient(brokers).consumer({ groupId, maxWaitTimeInMs: 250 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let [count, ratingSum] = [0, 0]
  let stop: ReturnType<typeof startStopwatch> | undefined
  consumer.on(consumer.events.GROUP_JOIN, () => {
    stop ??= startStopwatch()
  })
  const result = await whileRunning<Measured>(consumer, (resolve) =>
    consumer.run({
      autoCommitInterval: 5_000,
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) {
          const rating = JSON.parse(String(value)) as { readonly rating: number }
          ratingSum += rating.rating
          count += 1
        }
        if (count >= records && stop !== undefined) resolve(stop(count))
      },
    }),
  )
  await consumer.disconnect()
  return { ...result, ratingSum }
}
