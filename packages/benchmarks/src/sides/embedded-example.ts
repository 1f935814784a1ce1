import { movieRatingsTable } from '@millrace/example-movie-ratings'
import { connectTransport, embedded, type EmbeddedServer, partitionOf, run as runTopology } from 'millrace'
import type { OutgoingRecord, Transport } from 'millrace/ports'
import { exampleFrom } from '../example-topology.ts'
import { ratingsOf } from '../ratings.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { partitions, standardGapMs } from '../topic-set.ts'
import { warningsLogger } from '../warnings-logger.ts'
import { type MemoryUse, watchMemory } from './watch-memory.ts'

export interface EmbeddedInput {
  readonly warmUpRecords: number
  readonly records: number
  /** How many of the records differ; the others repeat them, so that log and table need no more memory for them. */
  readonly distinct: number
  /** Whether to collect garbage all the while, for `heapGrowthMb`; then the speed says nothing. */
  readonly isCollecting: boolean
}

export interface EmbeddedResult extends Measured, MemoryUse {
  readonly rows: number
}

/** Often enough where a look is cheap, and where it collects garbage first. */
const lookEveryMs = { fast: 10, collecting: 200 } as const
const topic = 'ratings'
const sendRecords = 1_000

/** Fills an embedded topic, then lets the example work it off into the embedded table. Measures the second part. */
export async function run(input: EmbeddedInput): Promise<EmbeddedResult> {
  const { warmUpRecords } = input
  await workOff({ ...input, records: warmUpRecords, distinct: warmUpRecords })
  return workOff(input)
}

async function workOff({ records, distinct, isCollecting }: EmbeddedInput): Promise<EmbeddedResult> {
  const server = embedded()
  server.createTopic(topic, { partitions })
  const transport = await connectTransport({ embedded: server })
  await fill(transport, records, distinct)
  const memory = watchMemory(isCollecting ? lookEveryMs.collecting : lookEveryMs.fast, isCollecting)
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
