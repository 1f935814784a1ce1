import type { GlobalTableNode, PlanNode, RepartitionSinkNode, TopicSinkNode } from '../plan/index.ts'
import type { CompiledTopology, SubTopology } from './compiled-topology.ts'
import { connectedStores } from './connected-stores.ts'

/**
 * The topology in the text form of Kafka Streams' TopologyDescription, which its viewers draw: sources, processors and
 * sinks, each with what comes before (`<--`) and after it (`-->`). What Kafka Streams has no word for (a table of a
 * database, an operation of ours) is a processor.
 */
export function describeKafkaStreams(topology: CompiledTopology): string {
  const all = [...topology.subTopologies.flatMap((sub) => sub.nodes), ...topology.globalTables]
  const byId = new Map(all.map((node) => [node.id, node]))
  const names = viewerNames(all)
  const blocks = [
    ...topology.subTopologies.map((sub) => describeSub(sub, byId, names)),
    ...topology.globalTables.map((table, index) =>
      describeGlobal(table, topology.subTopologies.length + index, names.get(table.id)!),
    ),
  ]
  return `Topologies:\n ${blocks.map((block) => `  ${block}`).join('')}`
}

function describeSub(
  sub: SubTopology,
  byId: ReadonlyMap<string, PlanNode>,
  names: ReadonlyMap<string, string>,
): string {
  const namesOf = (nodes: readonly PlanNode[]): string => listed(nodes.map((node) => names.get(node.id)!))
  const lines = sub.nodes.map((node) => {
    const before = `      <-- ${namesOf(feeding(node).map((id) => byId.get(id)!))}\n`
    const after = `      --> ${namesOf(sub.nodes.filter((child) => feeding(child).includes(node.id)))}\n`
    const name = names.get(node.id)!
    if (node.kind === 'source')
      return `    Source: ${name} (topics: ${node.pattern?.source ?? `[${node.topics.join(', ')}]`})\n${after}`
    if (node.kind === 'topic-sink' || node.kind === 'repartition-sink') {
      return `    Sink: ${name} (${target(node)})\n${before}`
    }
    return `    Processor: ${name} (stores: [${connectedStores(node, byId).join(', ')}])\n${after}${before}`
  })
  return `Sub-topology: ${sub.id}\n${lines.join('')}\n`
}

/** As Kafka Streams shows a sink whose topic is chosen per record. */
function target(node: TopicSinkNode | RepartitionSinkNode): string {
  if (node.kind === 'repartition-sink') return `topic: ${node.topic}`
  return node.route === undefined ? `topic: ${node.topics.join(', ')}` : 'extractor class: by-record'
}

function describeGlobal({ topic, store }: GlobalTableNode, id: number, name: string): string {
  return [
    `Sub-topology: ${id} for global store (will not generate tasks)`,
    `    Source: ${name}-source (topics: [${topic}])`,
    `      --> ${name}`,
    `    Processor: ${name} (stores: [${store.name}])`,
    '      --> none',
    `      <-- ${name}-source`,
    '',
  ].join('\n')
}

/** The nodes whose records reach this one: a table that is joined by look-up hands on none, its store connects it. */
function feeding(node: PlanNode): readonly string[] {
  return [...new Set(node.kind === 'stream-table-join' ? node.parents.slice(0, 1) : node.parents)]
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

/** Names that a viewer reads as one word, each once. */
function viewerNames(nodes: readonly PlanNode[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    nodes.map((node) => {
      const safe = node.id.replace(/[^a-zA-Z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')
      let name = safe
      for (let same = 2; taken.has(name); same++) name = `${safe}-${same}`
      taken.add(name)
      return [node.id, name]
    }),
  )
}
