import type { PlanNode } from '../plan/index.ts'
import { storesOf } from './passes/check-stores.ts'

/** The stores of the tables in which a node looks rows up, by name. */
export function lookedUpStores(node: PlanNode, byId: ReadonlyMap<string, PlanNode>): readonly string[] {
  if (node.kind === 'stream-global-join') return storesBehind(node.table, byId)
  if (node.kind === 'process') return Object.values(node.tables).flatMap((table) => storesBehind(table, byId))
  if (node.kind === 'table-table-join') return node.parents.flatMap((parent) => storesBehind(parent, byId))
  const looksUp =
    node.kind === 'stream-table-join' || node.kind === 'subscription-join' || node.kind === 'response-join'
  return looksUp ? storesBehind(node.parents[1]!, byId) : []
}

/** Every store that a node opens, shares or looks up, by name, each once. */
export function connectedStores(node: PlanNode, byId: ReadonlyMap<string, PlanNode>): readonly string[] {
  const own = storesOf(node).map((store) => store.name)
  const shared = node.kind === 'process' ? Object.values(node.stores) : []
  return [...new Set([...own, ...shared, ...lookedUpStores(node, byId)])]
}

/** Where the rows of a table stand: in its own store, or in those of the nearest tables above. */
function storesBehind(id: string, byId: ReadonlyMap<string, PlanNode>): readonly string[] {
  const node = byId.get(id)
  if (node === undefined) return []
  if (node.kind === 'global-table') return [node.store.name]
  const own = storesOf(node)
  return own.length > 0 ? own.map((store) => store.name) : node.parents.flatMap((parent) => storesBehind(parent, byId))
}
