import { messageOf, StreamsError } from '../../errors/index.ts'
import type { Clock, TableSpec } from '../../ports/index.ts'
import { CassandraConnection } from './connection.ts'
import { createKeyspaceCql, type CreateKeyspaceOptions, createTableCql, qualifiedName } from './ddl.ts'
import type { CassandraOptions } from './options.ts'

export interface CreateTableOptions {
  readonly cassandra: CassandraOptions
  /** Of a keyspace that does not exist yet. Default 1. */
  readonly replication?: NonNullable<CreateKeyspaceOptions['replication']>
}

/**
 * Creates a declared table and its keyspace where they do not exist; what exists is left as it is. For development:
 * elsewhere schema files are better (`millrace ddl`). Rejects with SINK_UNREACHABLE or QUERY_FAILED.
 */
export async function createCassandraTable(table: TableSpec, options: CreateTableOptions, clock: Clock): Promise<void> {
  const { replication } = options
  const connection = new CassandraConnection(options.cassandra, clock)
  const statements = [
    createKeyspaceCql(table.keyspace, replication === undefined ? {} : { replication }),
    createTableCql(table),
  ]
  try {
    const client = await connection.client()
    for (const statement of statements) await client.execute(statement)
  } catch (thrown) {
    throw thrown instanceof StreamsError ? thrown : refused(table, thrown)
  } finally {
    await connection.close()
  }
}

function refused(table: TableSpec, thrown: unknown): StreamsError {
  return new StreamsError({
    code: 'QUERY_FAILED',
    what: `Cannot create the table: ${messageOf(thrown)}`,
    hint: 'Create it by hand; `millrace ddl` prints its CQL.',
    table: qualifiedName(table),
    cause: thrown,
  })
}
