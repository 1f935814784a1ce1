import type { CreateTableOptions } from '../adapters/cassandra/create-table.ts'
import type { TableSpec } from '../ports/index.ts'
import { systemClock } from './system-clock.ts'

/**
 * Creates a declared table and its keyspace in Cassandra where they do not exist; what exists is left as it is. For
 * development: elsewhere schema files are better (`millrace ddl`). Rejects with SINK_UNREACHABLE or QUERY_FAILED.
 */
export async function createTable(table: TableSpec, options: CreateTableOptions): Promise<void> {
  const { createCassandraTable } = await import('../adapters/cassandra/create-table.ts')
  await createCassandraTable(table, options, systemClock)
}
