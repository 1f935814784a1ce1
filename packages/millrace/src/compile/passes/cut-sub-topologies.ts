import type { Plan, PlanNode } from '../../plan/index.ts'
import type { SubTopology } from '../compiled-topology.ts'

/** Connected components of the plan, numbered in the order written. */
export function cutSubTopologies(plan: Plan): readonly SubTopology[] {
  const component = new Map<string, Set<PlanNode>>()
  for (const node of plan.nodes) {
    const joined = new Set<PlanNode>([node])
    for (const parent of node.parents) for (const member of component.get(parent) ?? []) joined.add(member)
    for (const member of joined) component.set(member.id, joined)
  }
  const seen = new Set<Set<PlanNode>>()
  for (const node of plan.nodes) {
    const own = component.get(node.id)
    if (own !== undefined) seen.add(own)
  }
  return Object.freeze([...seen].map((members, id) => subTopology(id, plan, members)))
}

function subTopology(id: number, plan: Plan, members: ReadonlySet<PlanNode>): SubTopology {
  const nodes = plan.nodes.filter((node) => members.has(node))
  const sourceTopics = nodes.flatMap((node) => (node.kind === 'source' ? node.topics : []))
  return Object.freeze({ id, sourceTopics: Object.freeze(sourceTopics), nodes: Object.freeze(nodes) })
}
