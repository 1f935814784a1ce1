import type { PlanNode } from '../plan/index.ts'
import type { CompiledTopology, SubTopology } from './compiled-topology.ts'
import { inputsOf } from './input-names.ts'
import { nodeLabel } from './node-label.ts'

/** The topology as indented text: a child stands below its parent, an operation with several parents below its first. */
export function describeText(topology: CompiledTopology): string {
  const lines = [`Topology ${topology.name}`]
  for (const sub of topology.subTopologies) lines.push(...describeSub(sub))
  if (topology.globalTables.length > 0) {
    lines.push('  Global tables: every instance reads them in full')
    for (const table of topology.globalTables) lines.push(`    ${nodeLabel(table)}`, `      · ${table.id}`)
  }
  return `${lines.join('\n')}\n`
}

function describeSub(sub: SubTopology): readonly string[] {
  const lines = [`  Sub-topology ${sub.id}: one task per partition of ${inputsOf(sub)}`]
  const append = (node: PlanNode, depth: number): void => {
    const others = node.parents.slice(1)
    const also = others.length > 0 ? ` ← also ${others.join(', ')}` : ''
    lines.push(`${'  '.repeat(depth)}${nodeLabel(node)}${also}`, `${'  '.repeat(depth)}  · ${node.id}`)
    for (const child of sub.nodes) if (child.parents[0] === node.id) append(child, depth + 1)
  }
  for (const node of sub.nodes) if (node.parents.length === 0) append(node, 2)
  return lines
}
