/** How to reach Cassandra, and how hard to press it. */
export interface CassandraOptions {
  /** `host` or `host:port`; port 9042 where none is given. One that answers is enough, the others are found. */
  readonly contactPoints: readonly string[]
  /** The data centre whose nodes are used, as `nodetool status` names it. */
  readonly localDataCenter: string
  readonly username?: string
  readonly password?: string
  /**
   * How many replicas must acknowledge a write and answer a read. Default 'LOCAL_QUORUM': one replica of three may be
   * down. With 'LOCAL_ONE' a write that was acknowledged can be lost with the one node that has it.
   */
  readonly consistency?: CassandraConsistency
  /** Requests under way at a time, all sinks together. The number in use adapts below it. 4 to 2,048, default 256. */
  readonly maxInFlight?: number
  /** How long `open` tries to reach a node, ms. Default 10,000. */
  readonly connectTimeoutMs?: number
  /** How long one request may take before it is tried again, ms. Default 12,000. */
  readonly requestTimeoutMs?: number
}

export type CassandraConsistency = 'ONE' | 'LOCAL_ONE' | 'TWO' | 'QUORUM' | 'LOCAL_QUORUM' | 'EACH_QUORUM' | 'ALL'
