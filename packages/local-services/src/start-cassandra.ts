import type { Server, StartOptions } from './service.ts'
import { startServer } from './start-server.ts'

/** A Cassandra that answers. */
export interface CassandraServer extends Server {
  /** `host:port` of each node. */
  readonly contactPoints: string[]
  readonly localDataCenter: string
}

/** Starts Cassandra, or finds the one that is given or runs already; returns when it answers. */
export async function startCassandra(options: StartOptions = {}): Promise<CassandraServer> {
  const server = await startServer('cassandra', options)
  const given = (options.env ?? process.env)['CASSANDRA_LOCAL_DATACENTER']
  // what we start ourselves is always in this one, whatever the environment says
  const localDataCenter = server.provider === 'given' && given !== undefined && given !== '' ? given : 'datacenter1'
  return Object.assign(server, { contactPoints: [...server.addresses], localDataCenter })
}
