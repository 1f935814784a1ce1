import type driver from 'cassandra-driver'

/** Copies of each row in a data centre; 0 when that cannot be told. */
export async function replicationFactor(client: driver.Client, keyspace: string, dataCenter: string): Promise<number> {
  try {
    const query = 'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?'
    const { rows } = await client.execute(query, [keyspace], { prepare: true })
    const replication = rows[0]?.['replication'] as Readonly<Record<string, string>> | undefined
    // 'transient' replicas are written as 3/1: the first number counts
    return Number.parseInt(replication?.[dataCenter] ?? replication?.['replication_factor'] ?? '0', 10)
  } catch {
    // only a matter of speed: the start-up check reads the same table and says what is wrong
    return 0
  }
}
