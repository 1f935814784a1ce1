import { fail, type PlanNode, type RepartitionNode } from '../../plan/index.ts'

/** Turns every repartition into its writing end and a source of the internal topic, which keeps the node's id. */
export function splitRepartitions(nodes: readonly PlanNode[], applicationId: string): readonly PlanNode[] {
  return nodes.flatMap((node) => (node.kind === 'repartition' ? ends(node, applicationId) : [node]))
}

function ends(node: RepartitionNode, applicationId: string): readonly PlanNode[] {
  const { id, parents, keySerde, valueSerde, keepsNullKeys, partitioner, callSite } = node
  const topic = `${applicationId}-${node.name}-repartition`
  const site = callSite === undefined ? {} : { callSite }
  return [
    Object.freeze({
      kind: 'repartition-sink',
      id: `${id}/sink`,
      parents,
      topic,
      keySerde,
      valueSerde,
      keepsNullKeys,
      carriesOrigin: false,
      ...(partitioner === undefined ? {} : { partitioner }),
      ...site,
    }),
    Object.freeze({
      kind: 'source',
      id,
      parents: Object.freeze([]),
      topics: Object.freeze([topic]),
      keySerde,
      valueSerde,
      startAt: 'earliest',
      onInvalid: fail,
      isInternal: true,
      ...site,
    }),
  ]
}
