import { StreamsError } from '../../errors/index.ts'
import type { PlanNode, StreamTableJoinNode } from '../../plan/index.ts'

/**
 * A join that waits looks rows up as they were: its table keeps versions, for as long as the join waits at least. Throws
 * OPTION_INVALID.
 */
export function checkJoins(nodes: readonly PlanNode[]): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const node of nodes) {
    if (node.kind !== 'stream-table-join' || node.graceMs === undefined) continue
    const historyMs = historyOf(node.parents[1]!, byId)
    if (historyMs === undefined) {
      throw invalid(
        node,
        `joinTable() waits for its table (grace ${node.graceMs} ms), which keeps no versions`,
        'Give the table a history, e.g. t.table(topic, { versioned: hours(1) }), or leave grace out.',
      )
    }
    if (node.graceMs > historyMs) {
      throw invalid(
        node,
        `joinTable() waits for ${node.graceMs} ms (grace), but its table keeps versions for ${historyMs} ms`,
        `Make versioned of the table at least ${node.graceMs}, or grace shorter.`,
      )
    }
  }
}

/** How long the table whose rows are looked up here keeps versions, ms; undefined: it keeps the latest only. */
function historyOf(id: string, byId: ReadonlyMap<string, PlanNode>): number | undefined {
  const node = byId.get(id)
  if (node === undefined || !('isMaterialized' in node)) return undefined
  if (node.isMaterialized) return node.store.kind === 'versioned' ? node.store.historyMs : undefined
  const passesOn = node.kind === 'table-filter' || node.kind === 'table-map-values'
  return passesOn ? historyOf(node.parents[0]!, byId) : undefined
}

function invalid(node: StreamTableJoinNode, what: string, hint: string): StreamsError {
  return new StreamsError({ code: 'OPTION_INVALID', what, hint, node: node.id, callSite: node.callSite })
}
