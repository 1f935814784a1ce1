import { run as runTopology } from 'millrace'
import { endInCallback, exampleFrom } from '../example-topology.ts'
import { startStopwatch } from '../stopwatch.ts'
import { warningsLogger } from '../warnings-logger.ts'
import type { Consumed, ConsumeInput, TopicToRead } from './bare-consume.ts'

/** The example's topology without its sink: parse, hour, join, count. From joining the group to the last record. */
export async function run({ brokers, warmUp, measured }: ConsumeInput): Promise<Consumed> {
  await consume(brokers, warmUp)
  return consume(brokers, measured)
}

async function consume(brokers: readonly string[], { topic, groupId, records }: TopicToRead): Promise<Consumed> {
  let [count, ratingSum] = [0, 0]
  let done = (): void => {}
  const finished = new Promise<void>((resolve) => {
    done = resolve
  })
  const topology = exampleFrom(
    topic,
    endInCallback(({ rating }) => {
      ratingSum += rating
      count += 1
      if (count === records) done()
    }),
  )
  const app = await runTopology(topology, {
    kafka: { brokers },
    applicationId: groupId,
    logger: warningsLogger,
    signals: false,
  })
  // it resolves when the group is joined and reading begins
  const stop = startStopwatch()
  await Promise.race([finished, app.closed.then(() => finished)])
  const result = stop(count)
  await app.close()
  return { ...result, ratingSum }
}
