import type { PlanNode } from '../plan/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { nodeLabel } from './node-label.ts'

/**
 * The topology as a Mermaid flowchart: topics and tables of a database as cylinders, operations as boxes; dotted where
 * records go through an internal topic, and where rows of a global table are looked up.
 */
export function describeMermaid(topology: CompiledTopology): string {
  const all = [...topology.subTopologies.flatMap((sub) => sub.nodes), ...topology.globalTables]
  const names = new Map(all.map((node, index) => [node.id, `n${index}`]))
  const nameOf = (id: string): string => names.get(id) ?? id
  const lines = ['flowchart TD']
  for (const sub of topology.subTopologies) {
    lines.push(`  subgraph sub${sub.id}["sub-topology ${sub.id}"]`)
    for (const node of sub.nodes) lines.push(`    ${nameOf(node.id)}${shape(node)}`)
    for (const node of sub.nodes) {
      for (const parent of node.parents) lines.push(`    ${nameOf(parent)} --> ${nameOf(node.id)}`)
    }
    lines.push('  end')
  }
  for (const table of topology.globalTables) lines.push(`  ${nameOf(table.id)}${shape(table)}`)
  for (const [from, to] of dotted(all)) lines.push(`  ${nameOf(from)} -.-> ${nameOf(to)}`)
  return `${lines.join('\n')}\n`
}

/** Pairs of nodes that are connected by more than records handed on. */
function dotted(nodes: readonly PlanNode[]): readonly (readonly [from: string, to: string])[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'stream-global-join') return [[node.table, node.id] as const]
    if (node.kind === 'process') return Object.values(node.tables).map((table) => [table, node.id] as const)
    if (node.kind !== 'repartition-sink') return []
    const readers = nodes.filter((one) => one.kind === 'source' && one.topics.includes(node.topic))
    return readers.map((reader) => [node.id, reader.id] as const)
  })
}

function shape(node: PlanNode): string {
  const text = nodeLabel(node).replaceAll('"', "'")
  return isStored(node) ? `[("${text}")]` : `["${text}"]`
}

function isStored({ kind }: PlanNode): boolean {
  return (
    kind === 'source' ||
    kind === 'topic-sink' ||
    kind === 'table-sink' ||
    kind === 'repartition-sink' ||
    kind === 'global-table'
  )
}
