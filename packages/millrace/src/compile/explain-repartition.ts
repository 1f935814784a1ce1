import type { PlanNode, RepartitionNode } from '../plan/index.ts'
import type { KeyChanges } from './explain-key.ts'

/** Whether records go through an internal topic for this operation, and why; one answer per input that might. */
export function explainRepartitions(node: PlanNode, keys: KeyChanges): readonly string[] {
  if (node.kind === 'repartition-sink') return [whyWritten(node.id.replace(/\/sink$/, ''), keys)]
  if (node.kind === 'subscription-join')
    return ['both ways: a left row and the row that it names live in different tasks']
  const written = keys.written.get(node.id)
  if (written === undefined || written.kind === 'repartition') return []
  return written.parents.flatMap((parent) => {
    const input = keys.written.get(parent)
    return input?.kind === 'repartition' ? [whyOrWhyNot(input, keys)] : []
  })
}

function whyOrWhyNot(input: RepartitionNode, keys: KeyChanges): string {
  const topics = keys.partitionedBy(input.id).join(', ')
  if (!keys.isRun(input)) return `none: the key is still that of ${topics}`
  const shared = keys.sharedBy(input) === undefined ? '' : ', one topic for all that read it'
  return `through ${topics}: ${reason(input, keys)}${shared}`
}

function whyWritten(repartition: string, keys: KeyChanges): string {
  const input = keys.written.get(repartition)
  if (input?.kind !== 'repartition') return 'always: a foreign-key join asks, and is answered, across tasks'
  return reason(input, keys)
}

function reason(input: RepartitionNode, keys: KeyChanges): string {
  const changer = keys.changedBy(input.parents[0]!)
  if (changer !== undefined) return `${changer} may have changed the key`
  return 'repartition() asks for it'
}
