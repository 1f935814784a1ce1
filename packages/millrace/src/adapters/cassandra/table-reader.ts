import driver from 'cassandra-driver'
import { messageOf, StreamsError } from '../../errors/index.ts'
import type { AggregateQuery, CqlType, PartitionQuery, TableReader, TableSpec } from '../../ports/index.ts'
import type { CassandraConnection } from './connection.ts'
import { qualifiedName } from './ddl.ts'
import { identifier } from './identifier.ts'

type Row = Readonly<Record<string, unknown>>
type Decode = (value: unknown) => unknown

/** Counting a table reads all of it: give it more time than one request gets. */
const countTimeoutMs = 300_000

/** Reads of one declared table, as CQL that runs in Cassandra. */
export class CassandraTableReader implements TableReader {
  readonly #table: TableSpec
  readonly #connection: CassandraConnection
  readonly #where: string

  constructor(table: TableSpec, connection: CassandraConnection) {
    this.#table = table
    this.#connection = connection
    this.#where = table.partitionKey.map((name) => `${identifier(name)} = ?`).join(' AND ')
  }

  rows({ partition, columns, limit }: PartitionQuery): Promise<readonly Row[]> {
    const bounded = limit === undefined ? '' : ' LIMIT ?'
    const key = this.#key(partition)
    return this.#rows(columns, ` WHERE ${this.#where}${bounded}`, limit === undefined ? key : [...key, limit])
  }

  async aggregate(query: AggregateQuery): Promise<number> {
    const column = query.column === undefined ? undefined : this.#table.columns[query.column]
    const call = aggregateCall(query, column?.cqlType)
    const cql = `SELECT ${call} AS answer FROM ${qualifiedName(this.#table)} WHERE ${this.#where}`
    const [row] = await this.#ask(cql, this.#key(query.partition))
    return this.#number(row?.['answer'])
  }

  sample(limit: number): Promise<readonly Row[]> {
    return this.#rows(Object.keys(this.#table.columns), ' LIMIT ?', [limit])
  }

  async count(): Promise<number> {
    const cql = `SELECT count(*) AS answer FROM ${qualifiedName(this.#table)}`
    const [row] = await this.#ask(cql, [], { readTimeout: countTimeoutMs })
    return this.#number(row?.['answer'])
  }

  async close(): Promise<void> {}

  async #rows(columns: readonly string[], rest: string, params: readonly unknown[]): Promise<readonly Row[]> {
    const names = columns.map(identifier).join(', ')
    const rows = await this.#ask(`SELECT ${names} FROM ${qualifiedName(this.#table)}${rest}`, params)
    const decoders = columns.map((name) => [name, this.#decoder(name)] as const)
    return rows.map((row) => Object.fromEntries(decoders.map(([name, decode]) => [name, decode(row[name])])))
  }

  #decoder(name: string): Decode {
    const column = this.#table.columns[name]!
    const stored = storedAs[column.cqlType]
    return (value) => (value === null || value === undefined ? null : column.decode(stored(value)))
  }

  #key(partition: Row): unknown[] {
    return this.#table.partitionKey.map((name) => {
      const column = this.#table.columns[name]!
      try {
        const stored = column.encode(partition[name] as never)
        return typeof stored === 'bigint' ? driver.types.Long.fromString(stored.toString()) : stored
      } catch (error) {
        throw error instanceof StreamsError ? error.in({ table: this.#name(), column: name }) : error
      }
    })
  }

  async #ask(cql: string, params: readonly unknown[], options: driver.QueryOptions = {}): Promise<readonly Row[]> {
    const client = await this.#connection.client()
    try {
      const rows: Row[] = []
      const page = await client.execute(cql, [...params], { prepare: true, ...options })
      for await (const row of page) rows.push(row)
      return rows
    } catch (error) {
      throw new StreamsError({
        code: 'QUERY_FAILED',
        what: `Cassandra cannot answer: ${messageOf(error)}`,
        hint: `Check that the table is as declared and that its replicas answer. The query was: ${cql}`,
        table: this.#name(),
        cause: error,
      })
    }
  }

  /** NaN for the minimum of nothing. */
  #number(answer: unknown): number {
    if (answer === null || answer === undefined) return Number.NaN
    if (answer instanceof Date) return answer.getTime()
    const number = typeof answer === 'number' ? answer : Number((answer as driver.types.Long).toString())
    if (!Number.isInteger(number) || Number.isSafeInteger(number) || typeof answer === 'number') return number
    throw new StreamsError({
      code: 'QUERY_FAILED',
      what: `The answer ${number} is too large for a number`,
      hint: 'Read the rows and add them up as bigint.',
      table: this.#name(),
    })
  }

  #name(): string {
    return `${this.#table.keyspace}.${this.#table.table}`
  }
}

/** CQL's sum() of an int is an int and overflows silently; the sum of a wider type does not. */
const sumAs: Partial<Record<CqlType, CqlType | 'varint'>> = {
  tinyint: 'bigint',
  smallint: 'bigint',
  int: 'bigint',
  bigint: 'varint',
  float: 'double',
}

function aggregateCall({ function: name, column }: AggregateQuery, cqlType: CqlType | undefined): string {
  if (column === undefined) return 'count(*)'
  const quoted = identifier(column)
  if (name === 'exactAvg') return `avg(cast(${quoted} AS double))`
  const wider = name === 'sum' && cqlType !== undefined ? sumAs[cqlType] : undefined
  return wider === undefined ? `${name}(${quoted})` : `sum(cast(${quoted} AS ${wider}))`
}

const same: Decode = (value) => value

/** From what the driver gives to what `encode` gives, which is what `decode` takes. */
const storedAs: Readonly<Record<CqlType, Decode>> = {
  text: same,
  int: same,
  smallint: same,
  tinyint: same,
  float: same,
  double: same,
  boolean: same,
  blob: same,
  bigint: (value) => BigInt(String(value)),
  timestamp: (value) => (value as Date).getTime(),
  uuid: String,
}
