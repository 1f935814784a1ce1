import type { PlanNode } from '../../plan/index.ts'

/** Inner joins of a stream with itself run on one buffer (Kafka Streams' `single.store.self.join`): same results. */
export function markSelfJoins(nodes: readonly PlanNode[]): readonly PlanNode[] {
  return nodes.map((node) =>
    node.kind === 'stream-stream-join' && node.type === 'inner' && node.parents[0] === node.parents[1]
      ? Object.freeze({ ...node, isSelfJoin: true })
      : node,
  )
}
