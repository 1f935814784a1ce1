import { run as runTopology } from 'millrace'
import { endInCallback, exampleFrom } from '../example-topology.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { warningsLogger } from '../warnings-logger.ts'
import type { Consumed, ConsumeInput, TopicToRead } from './bare-consume.ts'

/** The example's topology without its sink: parse, hour, join, count. From the first record to the last. */
export async function run({ brokers, warmUp, measured }: ConsumeInput): Promise<Consumed> {
  await consume(brokers, warmUp)
  return consume(brokers, measured)
}

async function consume(brokers: readonly string[], { topic, groupId, records }: TopicToRead): Promise<Consumed> {
  let [count, ratingSum] = [0, 0]
  let stop: ReturnType<typeof startStopwatch> | undefined
  let done: (measured: Measured) => void = () => {}
  const finished = new Promise<Measured>((resolve) => {
    done = resolve
  })
  const topology = exampleFrom(
    topic,
    endInCallback(({ rating }) => {
      stop ??= startStopwatch()
      ratingSum += rating
      count += 1
      if (count === records) done(stop(count))
    }),
  )
  const app = await runTopology(topology, {
    kafka: { brokers },
    applicationId: groupId,
    logger: warningsLogger,
    signals: false,
  })
  const result = await Promise.race([finished, app.closed.then(() => finished)])
  await app.close()
  return { ...result, ratingSum }
}
