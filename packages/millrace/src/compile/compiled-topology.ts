import type { Plan, PlanNode } from '../plan/index.ts'

/** A plan, cut into what one task runs at a time. Plain and frozen. */
export interface CompiledTopology {
  readonly name: string
  readonly plan: Plan
  readonly subTopologies: readonly SubTopology[]
  /** Topics that are read, each once, in the order written. */
  readonly sourceTopics: readonly string[]
  /** Topics that are written: outputs and dead letters. */
  readonly sinkTopics: readonly string[]
}

/** Operations that share records directly. One task of it runs per partition. */
export interface SubTopology {
  readonly id: number
  /** All have the same partition count; a task reads one partition of each. */
  readonly sourceTopics: readonly string[]
  /** Parents stand before children. */
  readonly nodes: readonly PlanNode[]
}
