import { columnNames, insertCql } from '../bench-table.ts'
import { type CassandraAddress, withClient } from '../cassandra-address.ts'
import { createEnrich, type EnrichedRating, type RatingSet, ratingsOf } from '../ratings.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'

export interface InsertInput {
  readonly cassandra: CassandraAddress
  readonly keyspace: string
  /** Written first, unmeasured, by the same code into `warmUpTable`. */
  readonly warmUp: RatingSet
  readonly warmUpTable: string
  readonly measured: RatingSet
  readonly table: string
}

export interface BareInsertInput extends InsertInput {
  readonly inFlight: number
}

/** Prepared inserts, one per row, so many under way at a time. From the first to the last acknowledgement. */
export async function run(input: BareInsertInput): Promise<Measured> {
  return withClient(input.cassandra, async (client) => {
    const write = async (set: RatingSet, table: string): Promise<Measured> => {
      const query = insertCql({ keyspace: input.keyspace, table })
      const rows = await rowsOf(set)
      let next = 0
      const worker = async (): Promise<void> => {
        while (next < rows.length) {
          const row = rows[next++]
          await client.execute(
            query,
            columnNames.map((name) => row?.[name]),
            { prepare: true },
          )
        }
      }
      const stop = startStopwatch()
      await Promise.all(Array.from({ length: input.inFlight }, worker))
      return stop(rows.length)
    }
    await write(input.warmUp, input.warmUpTable)
    return write(input.measured, input.table)
  })
}

/** The rows that the example's topology makes of these ratings. */
export async function rowsOf(set: RatingSet): Promise<readonly EnrichedRating[]> {
  const enrich = await createEnrich()
  const rows: EnrichedRating[] = []
  for await (const rating of ratingsOf(set)) rows.push(enrich(rating))
  return rows
}
