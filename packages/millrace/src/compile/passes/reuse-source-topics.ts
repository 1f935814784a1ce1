import type { PlanNode, SourceNode } from '../../plan/index.ts'

/**
 * The store of a `table()` is restored from the table's own topic and gets no changelog (Kafka Streams'
 * `reuse.ktable.source.topics`). Only where the topic holds exactly what the store does: one topic, the same serdes, the
 * records' own time, nothing that a policy leaves out; and no versions, which a compacted topic loses.
 */
export function reuseSourceTopics(nodes: readonly PlanNode[]): readonly PlanNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return nodes.map((node) => {
    if (node.kind !== 'table-source' || !node.isMaterialized) return node
    const { store } = node
    const source = byId.get(node.parents[0]!)
    if (source?.kind !== 'source' || !holdsItsRows(source)) return node
    if (store.kind === 'versioned' || !store.isLogged) return node
    if (source.keySerde !== store.keySerde || source.valueSerde !== store.valueSerde) return node
    return Object.freeze({ ...node, store: Object.freeze({ ...store, changelogTopic: source.topics[0]! }) })
  })
}

function holdsItsRows({ topics, timestamp, onInvalid, isInternal }: SourceNode): boolean {
  return topics.length === 1 && timestamp === undefined && onInvalid.kind === 'fail' && isInternal !== true
}
