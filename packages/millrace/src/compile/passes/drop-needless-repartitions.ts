import type { PlanNode } from '../../plan/index.ts'

/**
 * Takes out every implicit repartition whose input still has the key that its topic is partitioned by: below a source,
 * a repartition or an aggregation with nothing in between that changes keys.
 */
export function dropNeedlessRepartitions(nodes: readonly PlanNode[]): readonly PlanNode[] {
  const changed = new Map<string, boolean>()
  const replaced = new Map<string, string>()
  const kept: PlanNode[] = []
  for (const node of nodes) {
    const parents = node.parents.map((parent) => replaced.get(parent) ?? parent)
    const isChanged = parents.some((parent) => changed.get(parent) === true)
    if (node.kind === 'repartition' && node.isImplicit && !isChanged) {
      replaced.set(node.id, parents[0]!)
      continue
    }
    changed.set(node.id, changesKey(node) || (isChanged && !bringsTogether(node)))
    kept.push(Object.freeze({ ...node, parents: Object.freeze(parents) }))
  }
  return kept
}

/** Whether the key that an operation hands on may be another than it got. */
export function changesKey(node: PlanNode): boolean {
  return (
    node.kind === 'map' ||
    node.kind === 'flat-map' ||
    node.kind === 'select-key' ||
    (node.kind === 'process' && !node.isKeyFixed)
  )
}

/** Whether equal keys meet in one task behind this node whatever came before it. */
function bringsTogether(node: PlanNode): boolean {
  return node.kind === 'repartition'
}
