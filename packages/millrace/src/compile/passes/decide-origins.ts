import type { PlanNode, RepartitionSinkNode } from '../../plan/index.ts'
import type { SubTopology } from '../compiled-topology.ts'

/**
 * Decides which records of internal topics tell what they came of, so that their reader leaves out what a crash of the
 * writer wrote twice. That works where what is sent is a function of the order of one input alone: the same record then
 * sends the same, whoever processes it again. Where it is not, the sink says why.
 */
export function decideOrigins(subs: readonly SubTopology[]): readonly SubTopology[] {
  const reasons = new Map<string, string | undefined>()
  const decide = (sub: SubTopology, sink: RepartitionSinkNode): string | undefined => {
    if (!reasons.has(sink.topic))
      reasons.set(
        sink.topic,
        whyNone(sub, sink, (topic) => inherited(topic)),
      )
    return reasons.get(sink.topic)
  }
  const inherited = (topic: string): string | undefined => {
    for (const sub of subs) {
      for (const node of sub.nodes) {
        if (node.kind === 'repartition-sink' && node.topic === topic) return decide(sub, node)
      }
    }
    return undefined
  }
  const marked = subs.map((sub) => {
    const nodes = sub.nodes.map((node) => (node.kind === 'repartition-sink' ? decided(node, decide(sub, node)) : node))
    return Object.freeze({ ...sub, nodes: Object.freeze(nodes) })
  })
  return Object.freeze(marked)
}

function decided(sink: RepartitionSinkNode, reason: string | undefined): RepartitionSinkNode {
  return Object.freeze({
    ...sink,
    carriesOrigin: reason === undefined,
    ...(reason === undefined ? {} : { noOriginBecause: reason }),
  })
}

/** Why records of a sink cannot carry their origin; undefined where they can. */
function whyNone(
  sub: SubTopology,
  sink: RepartitionSinkNode,
  inherited: (topic: string) => string | undefined,
): string | undefined {
  const sources = sub.nodes.filter((node) => node.kind === 'source')
  const [topic, second] = sources.flatMap((source) => source.topics)
  if (topic === undefined) return 'its pattern may match several topics, which interleave'
  if (second !== undefined) return `${sub.sourceTopics.join(' and ')} interleave before it`
  if (sources[0]?.isInternal === true) {
    const reason = inherited(topic)
    if (reason !== undefined) return `${topic} may hold records twice: ${reason}`
  }
  const above = nodesAbove(sink, sub)
  for (const node of above) {
    const reason = whyNotRepeatable(node)
    if (reason !== undefined) return `${node.id} ${reason}`
  }
  if (pathsTo(sink, sub) < 2) return undefined
  const late = above.find(mayAnswerOtherwise)
  return late === undefined
    ? undefined
    : `records reach it by several paths, and not in the same order behind ${late.id}`
}

/** What an operation does that depends on more than the records that it gets and their order. */
function whyNotRepeatable(node: PlanNode): string | undefined {
  if ('cacheBytes' in node && node.cacheBytes > 0) {
    const isUsed = !('isMaterialized' in node) || node.isMaterialized
    if (isUsed) return 'gathers updates until a commit'
  }
  if (node.kind === 'process') return 'is a processor of your own, which may send at any time'
  if ('closeOnIdleMs' in node && node.closeOnIdleMs !== undefined) return 'closes windows by the wall clock'
  if (node.kind === 'stream-stream-join' && node.type !== 'inner')
    return 'lets unmatched records go when it looks for them'
  if (node.kind === 'stream-table-join' && node.bufferStore !== undefined) return 'lets records go later than they came'
  return undefined
}

/** What may be done at another time, or with another answer, when the same record comes again. */
function mayAnswerOtherwise({ kind }: PlanNode): boolean {
  return kind === 'map-values-async' || kind === 'parse' || kind === 'stream-global-join' || kind === 'join-lookup'
}

function nodesAbove(sink: PlanNode, sub: SubTopology): readonly PlanNode[] {
  const above = new Set<string>(sink.parents)
  // parents stand before children
  for (const node of sub.nodes.toReversed()) {
    if (above.has(node.id)) for (const parent of node.parents) above.add(parent)
  }
  return sub.nodes.filter((node) => above.has(node.id))
}

/** In how many ways a record of a source can come here. */
function pathsTo(sink: PlanNode, sub: SubTopology): number {
  const paths = new Map<string, number>()
  for (const node of sub.nodes) {
    const through = node.parents.reduce((sum, parent) => sum + (paths.get(parent) ?? 0), 0)
    paths.set(node.id, node.parents.length === 0 ? 1 : through)
  }
  return paths.get(sink.id) ?? 0
}

/** Why stores of a sub-topology may count a record twice after a crash; undefined where they are exact. */
export function whyNotExact(sub: SubTopology, subs: readonly SubTopology[]): string | undefined {
  return whyRepeated(sub.sourceTopics, subs)
}

/** The same of one operation's stores: what other operations of its task read does not matter to them. */
export function whyNotExactAt(node: PlanNode, sub: SubTopology, subs: readonly SubTopology[]): string | undefined {
  // what a processor keeps may depend on others that share its stores, and on the time of the task
  if (node.kind === 'process') return whyNotExact(sub, subs)
  const sources = nodesAbove(node, sub).filter((one) => one.kind === 'source')
  return whyRepeated(
    sources.flatMap((source) => source.topics),
    subs,
  )
}

/** Why one of these topics may bring a record twice without saying so. */
function whyRepeated(topics: readonly string[], subs: readonly SubTopology[]): string | undefined {
  for (const writer of subs) {
    for (const node of writer.nodes) {
      if (node.kind !== 'repartition-sink' || !topics.includes(node.topic)) continue
      if (node.noOriginBecause !== undefined) return node.noOriginBecause
    }
  }
  return undefined
}
