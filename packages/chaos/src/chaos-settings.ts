import type { Storage, TopologyName } from './topologies.ts'

/** What runs, and how. */
export interface ChaosSettings {
  readonly brokers: readonly string[]
  readonly topology: TopologyName
  readonly guarantee: 'at-least-once' | 'exactly-once'
  readonly storage: Storage
  /** Whether all processes use one state folder, as they do by default on one machine; else each place has its own. */
  readonly sharesFolder: boolean
  readonly standbyReplicas: number
  /** Members of the group in each process. */
  readonly instances: number
  readonly commitEveryMs: number
  readonly sessionTimeoutMs: number
  readonly partitions: number
  readonly ratings: number
  readonly seed: number
}
