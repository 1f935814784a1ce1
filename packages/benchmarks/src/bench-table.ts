import { movieRatingsTable } from '@millrace/example-movie-ratings'
import { type CassandraAddress, withClient } from './cassandra-address.ts'

/** A table like the example's, in a keyspace of one's own. */
export interface BenchTable {
  readonly keyspace: string
  readonly table: string
}

/** Names of the columns, in the order of `insertCql`. */
export const columnNames: readonly string[] = Object.keys(movieRatingsTable.columns)

export function insertCql({ keyspace, table }: BenchTable): string {
  return `INSERT INTO ${keyspace}.${table} (${columnNames.join(', ')}) VALUES (${columnNames.map(() => '?').join(', ')})`
}

export function createTables(cassandra: CassandraAddress, keyspace: string, tables: readonly string[]): Promise<void> {
  const { columns, partitionKey, clusteringKey } = movieRatingsTable
  const definitions = Object.entries(columns).map(([name, { cqlType }]) => `${name} ${cqlType}`)
  const key = `PRIMARY KEY ((${partitionKey.join(', ')}), ${clusteringKey.join(', ')})`
  return withClient(cassandra, async (client) => {
    await client.execute(
      `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    )
    for (const table of tables)
      await client.execute(`CREATE TABLE ${keyspace}.${table} (${definitions.join(', ')}, ${key})`)
  })
}

export function dropKeyspace(cassandra: CassandraAddress, keyspace: string): Promise<void> {
  return withClient(cassandra, async (client) => {
    await client.execute(`DROP KEYSPACE ${keyspace}`)
  })
}

export function emptyTable(cassandra: CassandraAddress, { keyspace, table }: BenchTable): Promise<void> {
  return withClient(cassandra, async (client) => {
    await client.execute(`TRUNCATE ${keyspace}.${table}`)
  })
}

/** Rows, and the sum of their marks; page by page, as one aggregate over a whole table may run into the server's timeout. */
export function countRows(
  cassandra: CassandraAddress,
  { keyspace, table }: BenchTable,
): Promise<{ readonly rows: number; readonly ratingSum: number }> {
  return withClient(cassandra, async (client) => {
    let rows = 0
    let ratingSum = 0
    const query = `SELECT rating FROM ${keyspace}.${table}`
    for await (const row of await client.execute(query, [], { prepare: true, fetchSize: 5_000 })) {
      rows++
      ratingSum += Number(row['rating'])
    }
    return { rows, ratingSum }
  })
}
