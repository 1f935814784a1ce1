import type { PlanNode, Policy } from '../plan/index.ts'

/** What a node does with a record that it cannot read or write; undefined where the topology's policy holds. */
export function policyOf(node: PlanNode): Policy | undefined {
  if (node.kind === 'source' || node.kind === 'parse') return node.onInvalid
  if (node.kind === 'topic-sink') return node.onError
  return node.kind === 'table-sink' ? node.onRejected : undefined
}
