import type { PlanNode } from '../plan/index.ts'
import type { CompiledTopology } from './compiled-topology.ts'
import { nodeLabel } from './node-label.ts'

/** The topology as a Mermaid flowchart: topics and tables as cylinders, operations as boxes. */
export function describeMermaid(topology: CompiledTopology): string {
  const names = new Map(topology.plan.nodes.map((node, index) => [node.id, `n${index}`]))
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
  return `${lines.join('\n')}\n`
}

function shape(node: PlanNode): string {
  const text = nodeLabel(node).replaceAll('"', "'")
  const isStored = node.kind === 'source' || node.kind === 'topic-sink' || node.kind === 'table-sink'
  return isStored ? `[("${text}")]` : `["${text}"]`
}
