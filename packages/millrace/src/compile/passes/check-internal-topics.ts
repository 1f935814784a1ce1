import { StreamsError } from '../../errors/index.ts'
import { checkName, type PlanNode, type RepartitionNode } from '../../plan/index.ts'
import type { SubTopology } from '../compiled-topology.ts'
import { storesOf } from './check-stores.ts'

/**
 * Internal topics have names that Kafka takes, which no source or sink of the user has, and partition counts that what
 * is read together agrees on. Throws NAME_INVALID, TOPIC_CONFLICT or PARTITIONS_DIFFER.
 */
export function checkInternalTopics(
  nodes: readonly PlanNode[],
  subs: readonly SubTopology[],
  applicationId: string,
): void {
  const repartitions = new Map<string, RepartitionNode>()
  for (const node of nodes) {
    for (const store of storesOf(node)) {
      if (store.isLogged) checkName(`${applicationId}-${store.name}-changelog`, 'Changelog topic', node.callSite)
    }
    if (node.kind !== 'repartition') continue
    const topic = `${applicationId}-${node.name}-repartition`
    checkName(topic, 'Internal topic', node.callSite)
    repartitions.set(topic, node)
  }
  for (const node of nodes) {
    const topics = node.kind === 'source' || node.kind === 'topic-sink' ? node.topics : []
    const taken = topics.find((topic) => repartitions.has(topic))
    if (taken !== undefined) throw isInternal(taken, node)
  }
  for (const sub of subs) checkCounts(sub, repartitions)
}

function checkCounts(sub: SubTopology, repartitions: ReadonlyMap<string, RepartitionNode>): void {
  const fixed = sub.sourceTopics.flatMap((topic) => repartitions.get(topic) ?? []).filter((node) => node.partitions)
  const [first] = fixed
  const other = fixed.find((node) => node.partitions !== first?.partitions)
  if (first === undefined || other === undefined) return
  throw new StreamsError({
    code: 'PARTITIONS_DIFFER',
    what: `repartition() '${other.name}' asks for ${other.partitions} partitions and '${first.name}'${first.callSite === undefined ? '' : ` (at ${first.callSite})`} for ${first.partitions}, but they are read together`,
    hint: 'Give both the same `partitions`, or leave it out at one of them.',
    node: other.id,
    callSite: other.callSite,
  })
}

function isInternal(topic: string, node: PlanNode): StreamsError {
  return new StreamsError({
    code: 'TOPIC_CONFLICT',
    what: `Topic '${topic}' is an internal topic of this topology`,
    hint: 'Continue from the stream that repartition() gave, or name the topic or the repartition otherwise.',
    topic,
    node: node.id,
    callSite: node.callSite,
  })
}
