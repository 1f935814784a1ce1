import type { GlobalTableNode, Plan, PlanNode, StoreSpec } from '../plan/index.ts'

/** A plan, cut into what one task runs at a time. Plain and frozen. */
export interface CompiledTopology {
  readonly name: string
  readonly plan: Plan
  /** Prefix of internal topics, and the consumer group. */
  readonly applicationId: string
  readonly subTopologies: readonly SubTopology[]
  /** Topics that are read, each once, in the order written. */
  readonly sourceTopics: readonly string[]
  /** All that is read by tasks: source topics and internal ones. */
  readonly consumedTopics: readonly string[]
  /** Topics that are written: outputs and dead letters, not internal ones. */
  readonly sinkTopics: readonly string[]
  /** Topics of Millrace's own that carry records from one sub-topology to another. */
  readonly repartitionTopics: readonly RepartitionTopic[]
  /** Repartitions that an optimisation took out, with the one whose topic serves instead; by id. */
  readonly mergedInto: ReadonlyMap<string, string>
  /** Tables that every instance reads in full. */
  readonly globalTables: readonly GlobalTableNode[]
}

/** Operations that share records directly. One task of it runs per partition. */
export interface SubTopology {
  /** Its place among the others; for descriptions only, as every edit may change it. */
  readonly id: number
  /** Outlives deploys, as long as its sources do: begins the ids of its tasks. */
  readonly name: string
  /** All have the same partition count; a task reads one partition of each. */
  readonly sourceTopics: readonly string[]
  /** Parents stand before children. */
  readonly nodes: readonly PlanNode[]
  /** What a task of it opens. */
  readonly stores: readonly StoreSpec[]
  /** Of its logged stores: what they are restored from. */
  readonly changelogs: readonly ChangelogTopic[]
}

export interface ChangelogTopic {
  readonly storeName: string
  readonly topic: string
  readonly config: Readonly<Record<string, string>>
  /** Whether its records carry their time in a header, as the broker stamps them. */
  readonly carriesTime: boolean
  /** Whether it is a topic that the store's table reads, which holds the same rows: nothing is written there. */
  readonly isSource: boolean
}

export interface RepartitionTopic {
  readonly topic: string
  /** What the user asked for; absent: as many as the reader's other topics, or else the writers' have. */
  readonly partitions?: number
}
