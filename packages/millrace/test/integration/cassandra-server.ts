import driver from 'cassandra-driver'
import type { inject } from 'vitest'
import { createKeyspaceCql, createTableCql } from '../../src/adapters/cassandra/ddl.ts'
import type { TableSpec } from '../../src/ports/index.ts'

export interface CassandraAddress {
  readonly contactPoints: readonly string[]
  readonly localDataCenter: string
}

/** Where Cassandra is, as the global setup has found or started it; or why there is none. */
export function cassandraAddress(injected: typeof inject): CassandraAddress & { readonly skipped: string | undefined } {
  const { cassandra } = injected('servers')
  return 'skipped' in cassandra
    ? { contactPoints: [], localDataCenter: '', skipped: cassandra.skipped }
    : { ...cassandra, skipped: undefined }
}

/** A plain client, to prepare and to look behind the adapter. Nothing is connected before `connect()`. */
export function plainClient({ contactPoints, localDataCenter }: CassandraAddress): driver.Client {
  return new driver.Client({
    // skipped suites are still collected: an address that is never used
    contactPoints: contactPoints.length === 0 ? ['127.0.0.1:1'] : [...contactPoints],
    localDataCenter: localDataCenter || 'none',
    monitorReporting: { enabled: false },
    policies: { reconnection: new driver.policies.reconnection.ConstantReconnectionPolicy(500) },
    socketOptions: { readTimeout: 60_000 },
  })
}

export async function createTable(client: driver.Client, table: TableSpec): Promise<void> {
  await client.execute(createKeyspaceCql(table.keyspace))
  await client.execute(createTableCql(table))
}
