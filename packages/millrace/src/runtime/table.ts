import type { ColumnName, NumericColumn, PartitionOf, RowOf, TableReader, TableSpec } from '../ports/index.ts'

type Selected<T extends TableSpec, Name extends ColumnName<T>> = Pick<RowOf<T>, Name>

/** Typed reads of a declared table. Close it when done. */
export class Table<T extends TableSpec> {
  readonly #spec: T
  readonly #reader: TableReader
  readonly #close: () => Promise<void>

  constructor(spec: T, reader: TableReader, close: () => Promise<void>) {
    this.#spec = spec
    this.#reader = reader
    this.#close = close
  }

  /** One partition, named by every column of the partition key. Nothing is read yet. */
  partition(key: PartitionOf<T>): TablePartition<T> {
    return new TablePartition(this.#spec, this.#reader, key)
  }

  /** Rows of any partitions, at most `limit`: in Cassandra partitions in token order, their rows in clustering order. */
  async sample(limit: number): Promise<readonly RowOf<T>[]> {
    return (await this.#reader.sample(limit)) as readonly RowOf<T>[]
  }

  /** All rows. Reads the whole table. */
  count(): Promise<number> {
    return this.#reader.count()
  }

  /** Closes the connection, if this table opened one. */
  async close(): Promise<void> {
    await this.#reader.close()
    await this.#close()
  }
}

/** Reads of one partition of a table. Nulls do not count in aggregates. All reject with QUERY_FAILED. */
export class TablePartition<T extends TableSpec> {
  readonly #spec: T
  readonly #reader: TableReader
  readonly #key: PartitionOf<T>

  constructor(spec: T, reader: TableReader, key: PartitionOf<T>) {
    this.#spec = spec
    this.#reader = reader
    this.#key = key
  }

  /** All columns of its rows, in clustering order. */
  async rows(options: { readonly limit?: number } = {}): Promise<readonly RowOf<T>[]> {
    const rows = await this.#reader.rows({ partition: this.#key, columns: Object.keys(this.#spec.columns), ...options })
    return rows as readonly RowOf<T>[]
  }

  /** The named columns of its rows, in clustering order. */
  async select<const Name extends ColumnName<T>>(...columns: readonly Name[]): Promise<readonly Selected<T, Name>[]> {
    return (await this.#reader.rows({ partition: this.#key, columns })) as unknown as readonly Selected<T, Name>[]
  }

  /** The mean in the column's own type, as CQL's avg(): of whole numbers it is cut, and 0 where there is none. */
  avg(column: NumericColumn<T>): Promise<number> {
    return this.#aggregate('avg', column)
  }

  /** The mean as it is; NaN where there is none. */
  exactAvg(column: NumericColumn<T>): Promise<number> {
    return this.#aggregate('exactAvg', column)
  }

  sum(column: NumericColumn<T>): Promise<number> {
    return this.#aggregate('sum', column)
  }

  min(column: NumericColumn<T>): Promise<number> {
    return this.#aggregate('min', column)
  }

  max(column: NumericColumn<T>): Promise<number> {
    return this.#aggregate('max', column)
  }

  /** The rows, or the values of a column that are not null. */
  count(column?: ColumnName<T>): Promise<number> {
    return this.#aggregate('count', column)
  }

  #aggregate(name: 'avg' | 'exactAvg' | 'sum' | 'min' | 'max' | 'count', column?: string): Promise<number> {
    const query = { partition: this.#key, function: name }
    return this.#reader.aggregate(column === undefined ? query : { ...query, column })
  }
}
