import { run as runTopology } from 'millrace'
import { endInTopic, exampleFrom } from '../example-topology.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { until } from '../until.ts'
import { warningsLogger } from '../warnings-logger.ts'
import type { ForwardInput, TopicToForward } from './bare-forward.ts'

/** The example with a topic at its end. From joining the group to the last acknowledgement. */
export async function run({ brokers, warmUp, measured }: ForwardInput): Promise<Measured> {
  await forward(brokers, warmUp)
  return forward(brokers, measured)
}

async function forward(brokers: readonly string[], work: TopicToForward): Promise<Measured> {
  const app = await runTopology(exampleFrom(work.topic, endInTopic(work.output)), {
    kafka: { brokers },
    applicationId: work.groupId,
    logger: warningsLogger,
    signals: false,
  })
  const failed = app.closed.then(() => new Promise<never>(() => {}))
  const stop = startStopwatch()
  // counted when the broker has acknowledged them
  await Promise.race([until(() => app.metrics().total('records-produced') >= work.records, 5), failed])
  const result = stop(app.metrics().total('records-produced'))
  await app.close()
  return result
}
