import type { Plan, PlanNode, Policy } from '../plan/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { checkSources } from './passes/check-sources.ts'
import { cutSubTopologies } from './passes/cut-sub-topologies.ts'

/** Turns a plan into what tasks run. Throws TOPOLOGY_INVALID or TOPIC_CONFLICT. */
export function compile(plan: Plan): CompiledTopology {
  checkSources(plan)
  return Object.freeze({
    name: plan.name,
    plan,
    subTopologies: cutSubTopologies(plan),
    sourceTopics: unique(plan.nodes.flatMap((node) => (node.kind === 'source' ? node.topics : []))),
    sinkTopics: unique([
      ...plan.nodes.flatMap((node) => (node.kind === 'topic-sink' ? [node.topic] : [])),
      ...[plan.onProcessError, ...plan.nodes.flatMap(policiesOf)].flatMap((policy) =>
        policy.kind === 'dead-letter' ? [policy.topic] : [],
      ),
    ]),
  })
}

function policiesOf(node: PlanNode): readonly Policy[] {
  if (node.kind === 'source' || node.kind === 'parse') return [node.onInvalid]
  if (node.kind === 'topic-sink') return [node.onError]
  return node.kind === 'table-sink' ? [node.onRejected] : []
}

function unique(topics: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(topics)])
}
