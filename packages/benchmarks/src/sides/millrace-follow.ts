import { run as runTopology } from 'millrace'
import { endInTable, endInTopic, exampleFrom } from '../example-topology.ts'
import type { SideControl } from '../sides.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { warningsLogger } from '../warnings-logger.ts'
import type { FollowInput } from './bare-follow.ts'

/** A row waits no longer than this for others. */
const everyMs = 2

/** The example, set for latency, until it is told to stop. */
export async function run(
  { brokers, topic, groupId, destination }: FollowInput,
  control: SideControl,
): Promise<Measured> {
  const ending =
    destination.kind === 'table'
      ? endInTable(destination.keyspace, destination.table, everyMs)
      : endInTopic(destination.topic)
  const app = await runTopology(exampleFrom(topic, ending), {
    kafka: { brokers },
    ...(destination.kind === 'table' ? { cassandra: destination.cassandra } : {}),
    applicationId: groupId,
    logger: warningsLogger,
    signals: false,
  })
  const stop = startStopwatch()
  control.ready()
  await Promise.race([control.stopped, app.closed])
  const result = stop(app.metrics().total('records-consumed'))
  await app.close()
  return result
}
