import type { PlanNode, StoreSpec } from '../../plan/index.ts'
import type { SubTopology } from '../compiled-topology.ts'
import { storesOf } from './check-stores.ts'
import { subTopologyName } from './sub-topology-name.ts'

/** Connected components of the plan, processors that share a store or read a table included, numbered in the order written. */
export function cutSubTopologies(nodes: readonly PlanNode[], shared: readonly StoreSpec[]): readonly SubTopology[] {
  const component = new Map<string, Set<PlanNode>>()
  const byStore = new Map<string, string>()
  for (const node of nodes) {
    if (node.kind === 'global-table') continue
    const joined = new Set<PlanNode>([node])
    const links = node.kind === 'process' ? Object.values(node.stores) : []
    const tables = node.kind === 'process' ? Object.values(node.tables) : []
    const linked = [
      ...node.parents,
      ...tables,
      ...links.map((store) => byStore.get(store)).filter((id) => id !== undefined),
    ]
    for (const parent of linked) for (const member of component.get(parent) ?? []) joined.add(member)
    for (const member of joined) component.set(member.id, joined)
    for (const store of links) byStore.set(store, node.id)
  }
  const seen = new Set<Set<PlanNode>>()
  for (const node of nodes) {
    const own = component.get(node.id)
    if (own !== undefined) seen.add(own)
  }
  return Object.freeze([...seen].map((members, id) => subTopology(id, nodes, members, shared)))
}

function subTopology(
  id: number,
  all: readonly PlanNode[],
  members: ReadonlySet<PlanNode>,
  shared: readonly StoreSpec[],
): SubTopology {
  const nodes = all.filter((node) => members.has(node))
  const used = new Set(nodes.flatMap((node) => (node.kind === 'process' ? Object.values(node.stores) : [])))
  return Object.freeze({
    id,
    name: subTopologyName(nodes),
    sourceTopics: Object.freeze(nodes.flatMap((node) => (node.kind === 'source' ? node.topics : []))),
    nodes: Object.freeze(nodes),
    stores: Object.freeze([...shared.filter((store) => used.has(store.name)), ...nodes.flatMap(storesOf)]),
    changelogs: [],
  })
}
