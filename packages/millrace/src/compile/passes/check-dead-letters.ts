import { StreamsError } from '../../errors/index.ts'
import type { Plan, PlanNode } from '../../plan/index.ts'
import { policyOf } from '../policy-of.ts'
import type { SubTopology } from '../compiled-topology.ts'

/** A record that cannot be processed must not come back through the topic that it is put aside in, for ever. */
export function checkDeadLetters(plan: Plan, subs: readonly SubTopology[]): void {
  for (const sub of subs) {
    for (const node of sub.nodes) {
      for (const policy of [policyOf(node), plan.onProcessError]) {
        if (policy?.kind === 'dead-letter' && sub.sourceTopics.includes(policy.topic)) throw loop(policy.topic, node)
      }
    }
  }
}

function loop(topic: string, node: PlanNode): StreamsError {
  return new StreamsError({
    code: 'TOPIC_CONFLICT',
    what: `Dead letters go to topic '${topic}', which the same operations read: they would come back for ever`,
    hint: 'Give deadLetter() a topic of its own.',
    topic,
    node: node.id,
    callSite: node.callSite,
  })
}
