import { StreamsError } from '../../errors/index.ts'
import type { PlanNode } from '../../plan/index.ts'

/** Why the rows of a table cannot be read, and what to do. */
type Fault = readonly [why: string, hint: string]

const windowedFault: Fault = [
  'is aggregated by windows',
  'Keep what the processor needs in a store of its own: t.store(timestampedWindowStore({ … })).',
]
const versionedFault: Fault = [
  'keeps versions',
  'Join with it, or read it behind a table of the latest rows: versions.toStream().toTable().',
]
const suppressFault: Fault = ['is held back by suppress()', 'Read the table in front of suppress().']

/** A processor reads tables that keep the latest row per key. Throws TOPOLOGY_INVALID. */
export function checkReadTables(nodes: readonly PlanNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const node of nodes) {
    if (node.kind !== 'process') continue
    for (const [name, table] of Object.entries(node.tables)) {
      const fault = faultOf(table, byId)
      if (fault === undefined) continue
      throw new StreamsError({
        code: 'TOPOLOGY_INVALID',
        what: `A processor cannot read '${name}': ${table} ${fault[0]}`,
        hint: fault[1],
        node: node.id,
        callSite: node.callSite,
      })
    }
  }
}

function faultOf(id: string, byId: ReadonlyMap<string, PlanNode>): Fault | undefined {
  const node = byId.get(id)
  if (node === undefined) return undefined
  if (node.kind === 'suppress') return suppressFault
  if (node.kind === 'window-aggregate' || node.kind === 'sliding-aggregate' || node.kind === 'session-aggregate') {
    return windowedFault
  }
  if (!('isMaterialized' in node)) return undefined
  if (node.isMaterialized) return node.store.kind === 'versioned' ? versionedFault : undefined
  return faultOf(node.parents[0]!, byId)
}
