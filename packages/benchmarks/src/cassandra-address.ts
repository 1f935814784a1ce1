import driver from 'cassandra-driver'

/** Where a Cassandra is; what a side gets to know of it. */
export interface CassandraAddress {
  readonly contactPoints: readonly string[]
  readonly localDataCenter: string
}

/** Does something with a client of its own. */
export async function withClient<Result>(
  { contactPoints, localDataCenter }: CassandraAddress,
  work: (client: driver.Client) => Promise<Result>,
): Promise<Result> {
  const client = new driver.Client({
    contactPoints: [...contactPoints],
    localDataCenter,
    queryOptions: { prepare: true, consistency: driver.types.consistencies.localQuorum },
    // counting and truncating a large table takes its time
    socketOptions: { readTimeout: 120_000 },
    monitorReporting: { enabled: false },
  })
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.shutdown()
  }
}
