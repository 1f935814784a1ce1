import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { movieRatingsTable } from '@millrace/example-movie-ratings'
import { connectTransport, embedded, type EmbeddedServer, partitionOf, run as runTopology } from 'millrace'
import type { OutgoingRecord, Transport } from 'millrace/ports'
import { exampleFrom } from '../example-topology.ts'
import { ratingsOf } from '../ratings.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { partitions, standardGapMs } from '../topic-set.ts'
import { warningsLogger } from '../warnings-logger.ts'
import { watchMemory } from './watch-memory.ts'

export interface EmbeddedInput {
  readonly warmUpRecords: number
  readonly records: number
  /** How many of the records differ; the others repeat them, so that log and table need no more memory for them. */
  readonly distinct: number
}

export interface EmbeddedResult extends Measured {
  readonly rows: number
  /** Resident memory when the log was filled and the app had not begun. */
  readonly startRssMb: number
  /** Highest resident memory while the app ran. */
  readonly runRssMb: number
  /** Highest use of the heap, above what was in use at the start. */
  readonly heapGrowthMb: number
}

const topic = 'ratings'
const sendRecords = 1_000

/** Fills an embedded topic, then lets the example work it off into the embedded table. Measures the second part. */
export async function run({ warmUpRecords, records, distinct }: EmbeddedInput): Promise<EmbeddedResult> {
  await workOff(warmUpRecords, warmUpRecords)
  return workOff(records, distinct)
}

async function workOff(records: number, distinct: number): Promise<EmbeddedResult> {
  const server = embedded()
  server.createTopic(topic, { partitions })
  const transport = await connectTransport({ embedded: server })
  await fill(transport, records, distinct)
  collectGarbage()
  const memory = watchMemory()
  const app = await runTopology(
    exampleFrom(topic, (table) => table),
    { embedded: server, logger: warningsLogger, signals: false },
  )
  const stop = startStopwatch()
  await app.caughtUp()
  const result = stop(app.metrics().total('records-consumed'))
  const used = memory.end()
  await app.close()
  await transport.close()
  return { ...result, ...used, rows: await rowsIn(server) }
}

async function fill(transport: Transport, records: number, distinct: number): Promise<void> {
  const producer = transport.producer({ clientId: 'bench' })
  const made: { readonly partition: number; readonly record: OutgoingRecord }[] = []
  for await (const rating of ratingsOf({ count: distinct, gapMs: standardGapMs })) {
    const key = Buffer.from(rating.name)
    const record = { key, value: Buffer.from(JSON.stringify(rating)), timestamp: Date.now(), headers: [] }
    made.push({ partition: partitionOf(key, partitions), record })
  }
  for (let from = 0; from < records; from += sendRecords) {
    const batches = Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      records: [] as OutgoingRecord[],
    }))
    for (let index = from; index < Math.min(records, from + sendRecords); index++) {
      const next = made[index % distinct]
      if (next !== undefined) batches[next.partition]?.records.push(next.record)
    }
    await producer.send(batches)
  }
  await producer.close()
}

async function rowsIn(server: EmbeddedServer): Promise<number> {
  const reader = server.tables.reader(movieRatingsTable)
  const rows = await reader.count()
  await reader.close()
  return rows
}

/** What is left over from filling the log is not the app's. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}
