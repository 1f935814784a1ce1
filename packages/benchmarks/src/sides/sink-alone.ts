import { setImmediate } from 'node:timers/promises'
import { movieRatingsTable } from '@millrace/example-movie-ratings'
import { type CassandraOptions, partitionOf, systemClock } from 'millrace'
import type { Clock, Logger, SinkListener, SinkWriter, TableStore } from 'millrace/ports'
import { BenchmarkError } from '../benchmark-error.ts'
import { exampleSinkOptions } from '../example-topology.ts'
import type { RatingSet } from '../ratings.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { partitions } from '../topic-set.ts'
import { warningsLogger } from '../warnings-logger.ts'
import { type InsertInput, rowsOf } from './bare-insert.ts'

/** Rows between two looks at back-pressure, like the micro-batches of an app. */
const batchRows = 1_000

const listener: SinkListener = {
  onRejected: (_row, _origin, error) => {
    throw error
  },
}

/** The Cassandra sink without topology and Kafka: a writer per partition, as tasks have them. */
export async function run(input: InsertInput): Promise<Measured> {
  const { contactPoints, localDataCenter } = input.cassandra
  const store = await createStore({ contactPoints, localDataCenter })
  await write(store, input.keyspace, input.warmUpTable, input.warmUp)
  const result = await write(store, input.keyspace, input.table, input.measured)
  await store.close()
  return result
}

async function write(store: TableStore, keyspace: string, table: string, set: RatingSet): Promise<Measured> {
  const sink = store.sink({ ...movieRatingsTable, keyspace, table }, exampleSinkOptions())
  await sink.open()
  const faults = await sink.check()
  if (faults.length > 0) throw new BenchmarkError(`the sink finds faults: ${JSON.stringify(faults)}`)
  const writers = Array.from({ length: partitions }, () => sink.writer(listener))
  const rows = await rowsOf(set)
  const partitionsOfRows = rows.map(({ name }) => partitionOf(Buffer.from(name), partitions))
  const stop = startStopwatch()
  for (const [offset, row] of rows.entries()) {
    const partition = partitionsOfRows[offset] ?? 0
    writers[partition]?.write(row, Number(row['timestamp']), { topic: 'bench', partition, offset })
    if (offset % batchRows === batchRows - 1) await letWrite(writers)
  }
  await Promise.all(writers.map((writer) => writer.flush()))
  const result = stop(rows.length)
  await sink.close()
  return result
}

async function letWrite(writers: readonly SinkWriter[]): Promise<void> {
  for (const writer of writers) if (writer.isFull) await writer.drained()
  await setImmediate()
}

type CreateStore = (
  options: CassandraOptions,
  services: { readonly clock: Clock; readonly logger: Logger },
) => TableStore

// the store is no part of the public face: an app opens it
async function createStore(options: CassandraOptions): Promise<TableStore> {
  const adapter = new URL('adapters/cassandra/index.js', import.meta.resolve('millrace'))
  const { createCassandraTableStore } = (await import(adapter.href)) as { createCassandraTableStore: CreateStore }
  return createCassandraTableStore(options, { clock: systemClock, logger: warningsLogger })
}
