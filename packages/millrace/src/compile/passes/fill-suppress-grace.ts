import { StreamsError } from '../../errors/index.ts'
import type { PlanNode } from '../../plan/index.ts'

/** Gives every `suppress(untilWindowCloses())` the grace of the windows above it. Throws TOPOLOGY_INVALID without them. */
export function fillSuppressGrace(nodes: readonly PlanNode[]): readonly PlanNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return nodes.map((node) => {
    if (node.kind !== 'suppress' || node.until.kind !== 'window-close') return node
    const graces = new Set(node.parents.flatMap((parent) => graceAbove(parent, byId)))
    const [graceMs] = graces
    if (graceMs === undefined || graces.size > 1) throw noWindow(node, graces.size)
    return Object.freeze({ ...node, until: Object.freeze({ kind: 'window-close', graceMs }) })
  })
}

function graceAbove(id: string, byId: ReadonlyMap<string, PlanNode>): readonly number[] {
  const node = byId.get(id)!
  if (node.kind === 'window-aggregate') return node.windows.kind === 'unlimited' ? [] : [node.windows.graceMs]
  if (node.kind === 'sliding-aggregate') return [node.windows.graceMs]
  // a session stays open for its gap, and late records may still join it for the grace
  if (node.kind === 'session-aggregate') return [node.windows.gapMs + node.windows.graceMs]
  return node.parents.flatMap((parent) => graceAbove(parent, byId))
}

function noWindow(node: PlanNode, found: number): StreamsError {
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what:
      found === 0
        ? 'untilWindowCloses() stands below no windowed aggregation'
        : 'untilWindowCloses() stands below windows of different grace',
    hint: 'Put suppress() right behind one windowed aggregation, or use untilTimeLimit().',
    node: node.id,
    callSite: node.callSite,
  })
}
