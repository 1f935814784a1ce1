import {
  type App,
  cassandraTable,
  deadLetter,
  embedded,
  int,
  minutes,
  run,
  type RunOptions,
  seconds,
  text,
  timestamp,
  topology,
} from 'millrace'
import { z } from 'zod'

const Rating = z.object({ user: z.string(), at: z.coerce.date(), film: z.string(), rating: z.int() })

// #region sink
export const ratingsTable = cassandraTable('films.ratings', {
  columns: { user: text(), at: timestamp(), film: text(), rating: int() },
  partitionKey: ['user'],
  clusteringKey: ['at', 'film'],
})

export const ratings = topology('ratings', (t) => {
  t.source('ratings')
    .parse(Rating, { at: (rating) => rating.at, onInvalid: deadLetter('ratings.invalid') })
    .sinkCassandra(ratingsTable, { every: seconds(5), onRejected: deadLetter('ratings.refused') })
})
// #endregion

// #region run
export async function main(): Promise<void> {
  const app = await run(ratings, {
    kafka: { brokers: ['localhost:9092'] },
    cassandra: { contactPoints: ['localhost'], localDataCenter: 'datacenter1' },
    applicationId: 'ratings-v1',
    commit: { every: seconds(10) },
  })
  await app.closed // rejects with the reason if the app fails
}
// #endregion

// #region embedded
/** Broker and tables in this process: for demos, and for tests of the whole. */
export async function inThisProcess(): Promise<App> {
  const server = embedded()
  server.createTopic('ratings', { partitions: 4 })
  server.createTopic('ratings.invalid', { partitions: 1 })
  server.createTopic('ratings.refused', { partitions: 1 })
  return run(ratings, { embedded: server, signals: false })
}
// #endregion

// #region metrics
export function report(app: App): void {
  app.state$.subscribe((state) => console.log(`now ${state}`))
  app.metrics$.subscribe((metrics) => {
    const lag = metrics.tasks.reduce((records, task) => records + task.lagRecords, 0)
    console.log(`${metrics.total('records-consumed')} records in, ${lag} behind`)
  })
}
// #endregion

// #region options
export const options: RunOptions = {
  commit: { every: seconds(10), maxRecords: 50_000 },
  microBatch: { maxRecords: 500, maxWait: 20 },
  buffer: { maxRecords: 10_000 },
  closeTimeout: minutes(1),
}
// #endregion
