import { BenchmarkError, checkEqual } from '../benchmark-error.ts'
import { countRows, emptyTable } from '../bench-table.ts'
import type { Bench } from '../measurement.ts'
import type { RatingSet } from '../ratings.ts'
import type { Measured } from '../stopwatch.ts'
import { type FilledTopic, fillTopic, warmUpCount } from '../topic-set.ts'
import { deleteTopics } from '../topics.ts'

export const warmUpTable = 'warm_up'
export const measuredTable = 'ratings'

/** One set of rows, written in several ways; each begins with an empty table and ends with a check of it. */
export interface TableRuns {
  /** For `pipeline`: makes the topics that it reads. */
  fillTopics(name: string): Promise<void>
  deleteTopics(): Promise<void>
  bare(inFlight: number): Promise<Measured>
  sinkAlone(): Promise<Measured>
  pipeline(): Promise<Measured>
}

export function createTableRuns(bench: Bench, keyspace: string, measured: RatingSet): TableRuns {
  const warmUp = { ...measured, count: warmUpCount(measured.count) }
  let topics: { readonly warmUp: FilledTopic; readonly measured: FilledTopic } | undefined
  const checked = async (write: () => Promise<Measured>): Promise<Measured> => {
    const cassandra = await bench.servers.cassandra()
    await emptyTable(cassandra, { keyspace, table: measuredTable })
    const result = await write()
    const { rows, ratingSum } = await countRows(cassandra, { keyspace, table: measuredTable })
    checkEqual('rows in the table', rows, measured.count)
    if (topics !== undefined) checkEqual('sum of ratings in the table', ratingSum, topics.measured.ratingSum)
    return result
  }
  const tables = { keyspace, warmUpTable, table: measuredTable }
  return {
    fillTopics: async (name) => {
      topics = {
        warmUp: await fillTopic(bench, { name: `${name}-warm-up`, set: warmUp }),
        measured: await fillTopic(bench, { name, set: measured }),
      }
    },
    deleteTopics: async () => {
      const names = topics === undefined ? [] : [topics.warmUp.topic, topics.measured.topic]
      await deleteTopics(await bench.servers.brokers(), names)
    },
    bare: (inFlight) =>
      checked(async () => {
        const cassandra = await bench.servers.cassandra()
        return bench.children.run('bare-insert', { cassandra, ...tables, warmUp, measured, inFlight })
      }),
    sinkAlone: () =>
      checked(async () => {
        const cassandra = await bench.servers.cassandra()
        return bench.children.run('sink-alone', { cassandra, ...tables, warmUp, measured })
      }),
    pipeline: () =>
      checked(async () => {
        const [cassandra, brokers] = [await bench.servers.cassandra(), await bench.servers.brokers()]
        if (topics === undefined) throw new BenchmarkError('fillTopics() comes first')
        const readers = { warmUp: topics.warmUp.reader(), measured: topics.measured.reader() }
        return bench.children.run('millrace-to-table', { brokers, cassandra, ...tables, ...readers })
      }),
  }
}
