import { run as runTopology } from 'millrace'
import type { CassandraAddress } from '../cassandra-address.ts'
import { endInTable, exampleFrom } from '../example-topology.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { until } from '../until.ts'
import { warningsLogger } from '../warnings-logger.ts'
import type { TopicToRead } from './bare-consume.ts'

export interface ToTableInput {
  readonly brokers: readonly string[]
  readonly cassandra: CassandraAddress
  readonly keyspace: string
  /** Written first, unmeasured, by the same code into `warmUpTable`. */
  readonly warmUp: TopicToRead
  readonly warmUpTable: string
  readonly measured: TopicToRead
  readonly table: string
}

/** The whole example, Kafka to table. From joining the group until rows are acknowledged and offsets committed. */
export async function run(input: ToTableInput): Promise<Measured> {
  await write(input, input.warmUp, input.warmUpTable)
  return write(input, input.measured, input.table)
}

async function write(
  { brokers, cassandra, keyspace }: ToTableInput,
  { topic, groupId, records }: TopicToRead,
  table: string,
): Promise<Measured> {
  const app = await runTopology(exampleFrom(topic, endInTable(keyspace, table)), {
    kafka: { brokers },
    cassandra,
    applicationId: groupId,
    logger: warningsLogger,
    signals: false,
  })
  const failed = app.closed.then(() => new Promise<never>(() => {}))
  const consumed = (): number => app.metrics().total('records-consumed')
  const stop = startStopwatch()
  await Promise.race([until(() => consumed() >= records, 5), failed])
  await app.caughtUp()
  const result = stop(records)
  await app.close()
  return result
}
