import type { Plan } from '../plan/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { checkDeadLetters } from './passes/check-dead-letters.ts'
import { checkSources } from './passes/check-sources.ts'
import { cutSubTopologies } from './passes/cut-sub-topologies.ts'
import { policyOf } from './policy-of.ts'

/** Turns a plan into what tasks run. Throws TOPOLOGY_INVALID or TOPIC_CONFLICT. */
export function compile(plan: Plan): CompiledTopology {
  checkSources(plan)
  const subTopologies = cutSubTopologies(plan)
  checkDeadLetters(plan, subTopologies)
  return Object.freeze({
    name: plan.name,
    plan,
    subTopologies,
    sourceTopics: unique(plan.nodes.flatMap((node) => (node.kind === 'source' ? node.topics : []))),
    sinkTopics: unique([
      ...plan.nodes.flatMap((node) => (node.kind === 'topic-sink' ? [node.topic] : [])),
      ...[plan.onProcessError, ...plan.nodes.map(policyOf)].flatMap((policy) =>
        policy?.kind === 'dead-letter' ? [policy.topic] : [],
      ),
    ]),
  })
}

function unique(topics: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(topics)])
}
