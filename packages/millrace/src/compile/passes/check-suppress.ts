import { StreamsError } from '../../errors/index.ts'
import type { PlanNode } from '../../plan/index.ts'

/** Refuses `suppress()` below a versioned table: which of its versions should wait? Throws TOPOLOGY_INVALID. */
export function checkSuppress(nodes: readonly PlanNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const node of nodes) {
    if (node.kind === 'suppress' && node.parents.some((parent) => isVersioned(parent, byId))) throw versionsWait(node)
  }
}

/** A filtered or mapped table without a store of its own is what the table above is. */
function isVersioned(id: string, byId: ReadonlyMap<string, PlanNode>): boolean {
  const node = byId.get(id)!
  if (node.kind === 'table-source') return node.store.kind === 'versioned'
  if (node.kind !== 'table-filter' && node.kind !== 'table-map-values') return false
  return node.isMaterialized ? node.store.kind === 'versioned' : isVersioned(node.parents[0]!, byId)
}

function versionsWait(node: PlanNode): StreamsError {
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: 'suppress() stands below a versioned table',
    hint: 'Leave out `versioned`, or put suppress() behind an aggregation or a join of the table.',
    node: node.id,
    callSite: node.callSite,
  })
}
