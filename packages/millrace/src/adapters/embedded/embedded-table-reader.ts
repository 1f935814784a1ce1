import { StreamsError } from '../../errors/index.ts'
import type { AggregateQuery, PartitionQuery, TableReader, TableSpec } from '../../ports/index.ts'
import { aggregate } from './embedded-table-aggregate.ts'
import type { EmbeddedTable } from './embedded-table.ts'
import { encodePartition, nameOf } from './embedded-table-row.ts'

type Row = Readonly<Record<string, unknown>>

/** Reads of one table in memory. */
export class EmbeddedTableReader implements TableReader {
  readonly #spec: TableSpec
  readonly #table: EmbeddedTable

  constructor(spec: TableSpec, table: EmbeddedTable) {
    this.#spec = spec
    this.#table = table
  }

  async rows({ partition, columns, limit }: PartitionQuery): Promise<readonly Row[]> {
    return this.#decode(this.#partition(partition).slice(0, limit), columns)
  }

  async aggregate({ partition, function: name, column }: AggregateQuery): Promise<number> {
    const rows = this.#partition(partition)
    if (column === undefined) return rows.length
    const index = this.#index(column)
    const values = rows.map((row) => row[index]).filter((value) => value !== null)
    return aggregate(name, values, this.#spec.columns[column]!.cqlType)
  }

  async sample(limit: number): Promise<readonly Row[]> {
    const rows: (readonly unknown[])[] = []
    for (const partition of this.#table.partitions()) {
      if (rows.length >= limit) break
      rows.push(...partition.slice(0, limit - rows.length))
    }
    return this.#decode(rows, Object.keys(this.#spec.columns))
  }

  async count(): Promise<number> {
    let count = 0
    for (const partition of this.#table.partitions()) count += partition.length
    return count
  }

  async close(): Promise<void> {}

  #partition(key: Row): readonly (readonly unknown[])[] {
    return this.#table.partition(encodePartition(this.#spec, key))
  }

  #decode(rows: readonly (readonly unknown[])[], columns: readonly string[]): readonly Row[] {
    const decoders = columns.map((name) => ({ name, index: this.#index(name), column: this.#spec.columns[name]! }))
    return rows.map((row) =>
      Object.fromEntries(
        decoders.map(({ name, index, column }) => [name, row[index] === null ? null : column.decode(row[index])]),
      ),
    )
  }

  #index(column: string): number {
    const index = this.#table.columnNames.indexOf(column)
    if (index >= 0) return index
    throw new StreamsError({
      code: 'QUERY_FAILED',
      what: `The table has no column ${column}`,
      hint: 'Another declaration made this table; use one for both, or another name.',
      table: nameOf(this.#spec),
      column,
    })
  }
}
