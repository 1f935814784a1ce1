import { openTable, type CassandraOptions } from 'millrace'
import { movieRatingsTable } from '../movie-ratings-table.ts'
import type { RatingLog } from './rating-log.ts'
import { partitionOf, type PartitionKey, type ReferenceTable, rowKey, rowText } from './reference-table.ts'

/** What a comparison found. All well is: no text, and `rows` equal to `expectedRows`. */
export interface Comparison {
  readonly rows: number
  readonly expectedRows: number
  /** The first differences, as sentences. */
  readonly differences: readonly string[]
}

const mostDifferences = 10
const readsAtATime = 16

type Table = Awaited<ReturnType<typeof open>>

/** Looks into the table that the pipelines write. */
export class ChaosTable {
  readonly #table: Table

  private constructor(table: Table) {
    this.#table = table
  }

  static async open(cassandra: CassandraOptions): Promise<ChaosTable> {
    return new ChaosTable(await open(cassandra))
  }

  close(): Promise<void> {
    return this.#table.close()
  }

  /** Compares every column of every row, and the count of all rows: what is too much shows there. */
  async compare(reference: ReferenceTable): Promise<Comparison> {
    const differences: string[] = []
    await this.#each(reference.partitionKeys, (key, rows) => {
      const expected = reference.rowsOf(key)
      for (const [id, text] of expected) {
        const found = rows.get(id)
        if (found === undefined) differences.push(`missing: ${text}`)
        else if (found !== text) differences.push(`differs: ${found}, expected ${text}`)
      }
      for (const [id, text] of rows) if (!expected.has(id)) differences.push(`unexpected: ${text}`)
    })
    const rows = await this.#table.count()
    return { rows, expectedRows: reference.rowCount, differences: differences.slice(0, mostDifferences) }
  }

  /** Ratings of one partition of the topic, between two offsets, that the table does not have. */
  async missing(log: RatingLog, partition: number, from: number, to: number): Promise<readonly string[]> {
    const wanted = new Map<string, { readonly key: PartitionKey; readonly ids: Set<string> }>()
    for (const rating of log.ratings(partition, from, to)) {
      const key = partitionOf(rating)
      const id = JSON.stringify(key)
      const entry = wanted.get(id) ?? { key, ids: new Set<string>() }
      wanted.set(id, entry)
      entry.ids.add(rowKey(rating))
    }
    const missing: string[] = []
    const keys = [...wanted.values()].map(({ key }) => key)
    await this.#each(keys, (key, rows) => {
      const { ids } = wanted.get(JSON.stringify(key))!
      for (const id of ids) if (!rows.has(id)) missing.push(`${key.name} ${id}`)
    })
    return missing
  }

  async #each(
    keys: readonly PartitionKey[],
    visit: (key: PartitionKey, rows: ReadonlyMap<string, string>) => void,
  ): Promise<void> {
    for (let from = 0; from < keys.length; from += readsAtATime) {
      const some = keys.slice(from, from + readsAtATime)
      const read = await Promise.all(some.map(async (key) => [key, await this.#table.partition(key).rows()] as const))
      for (const [key, rows] of read) visit(key, new Map(rows.map((row) => [rowKey(row), rowText(row)])))
    }
  }
}

function open(cassandra: CassandraOptions) {
  return openTable(movieRatingsTable, { cassandra })
}
