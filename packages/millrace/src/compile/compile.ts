import type { Optimization, Plan, PlanNode, RepartitionNode } from '../plan/index.ts'
import type { CompiledTopology, RepartitionTopic } from './compiled-topology.ts'
import { checkDeadLetters } from './passes/check-dead-letters.ts'
import { checkInternalTopics } from './passes/check-internal-topics.ts'
import { checkJoins } from './passes/check-joins.ts'
import { checkReadTables } from './passes/check-read-tables.ts'
import { checkSources } from './passes/check-sources.ts'
import { checkStores } from './passes/check-stores.ts'
import { checkSuppress } from './passes/check-suppress.ts'
import { cutSubTopologies } from './passes/cut-sub-topologies.ts'
import { decideOrigins } from './passes/decide-origins.ts'
import { dropNeedlessRepartitions } from './passes/drop-needless-repartitions.ts'
import { expandForeignKeyJoins } from './passes/expand-foreign-key-joins.ts'
import { fillSuppressGrace } from './passes/fill-suppress-grace.ts'
import { markSelfJoins } from './passes/mark-self-joins.ts'
import { nameChangelogs } from './passes/name-changelogs.ts'
import { materializeTables } from './passes/materialize-tables.ts'
import { mergeRepartitions, type MergedRepartitions } from './passes/merge-repartitions.ts'
import { reuseSourceTopics } from './passes/reuse-source-topics.ts'
import { splitRepartitions } from './passes/split-repartitions.ts'
import { policyOf } from './policy-of.ts'

export interface CompileOptions {
  /** Default: the topology's name. */
  readonly applicationId?: string
}

/** Turns a plan into what tasks run. Throws what its passes do where the definition is wrong. */
export function compile(plan: Plan, options: CompileOptions = {}): CompiledTopology {
  const { applicationId = plan.name } = options
  checkSources(plan)
  const may = (one: Optimization): boolean => plan.optimizations.includes(one)
  const keyed = dropNeedlessRepartitions(expandForeignKeyJoins(plan.nodes))
  const { nodes: merged, mergedInto } = may('merge-repartitions') ? mergeRepartitions(keyed) : unmerged(keyed)
  const joined = may('single-store-self-join') ? markSelfJoins(merged) : merged
  const kept = materializeTables(joined)
  const tables = fillSuppressGrace(may('reuse-source-topics') ? reuseSourceTopics(kept) : kept)
  checkStores(plan, tables)
  checkSuppress(tables)
  checkJoins(tables)
  checkReadTables(tables)
  const nodes = splitRepartitions(tables, applicationId)
  const cut = cutSubTopologies(nodes, plan.stores)
  const subTopologies = nameChangelogs(decideOrigins(cut), applicationId)
  checkDeadLetters(plan, subTopologies)
  checkInternalTopics(tables, subTopologies, applicationId)
  return Object.freeze({
    name: plan.name,
    plan,
    applicationId,
    subTopologies,
    consumedTopics: unique(subTopologies.flatMap((sub) => sub.sourceTopics)),
    sourceTopics: unique(plan.nodes.flatMap((node) => (node.kind === 'source' ? node.topics : []))),
    sinkTopics: unique([
      ...plan.nodes.flatMap((node) => (node.kind === 'topic-sink' ? node.topics : [])),
      ...[plan.onProcessError, ...plan.nodes.map(policyOf)].flatMap((policy) =>
        policy?.kind === 'dead-letter' ? [policy.topic] : [],
      ),
    ]),
    repartitionTopics: Object.freeze(
      tables.flatMap((node) => (node.kind === 'repartition' ? [topicOf(node, applicationId)] : [])),
    ),
    mergedInto,
    globalTables: Object.freeze(plan.nodes.filter((node) => node.kind === 'global-table')),
  })
}

function unmerged(nodes: readonly PlanNode[]): MergedRepartitions {
  return { nodes, mergedInto: new Map() }
}

function topicOf(node: RepartitionNode, applicationId: string): RepartitionTopic {
  const topic = `${applicationId}-${node.name}-repartition`
  return node.partitions === undefined ? { topic } : { topic, partitions: node.partitions }
}

function unique(topics: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(topics)])
}
