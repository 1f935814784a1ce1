import { type CompiledTopology, hasPatterns, resolvePatterns } from '../compile/index.ts'
import { messageOf, StartupError, type StartupFault, StreamsError } from '../errors/index.ts'
import type { Transport } from '../ports/index.ts'
import { maxMetadataBytes, metadataBytesFor } from '../task/index.ts'
import { createInternalTopics, writersOf } from './internal-topics.ts'
import type { Resources } from './resources.ts'

/** What the start-up check has found out. */
export interface CheckedTopology {
  /** With the topics that its patterns match. */
  readonly topology: CompiledTopology
  /** Partition counts of all topics. */
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Connects and checks everything at once: topics, partition counts, lookup tables, sink tables. Throws one
 * StartupError with all faults.
 */
export async function startupCheck(
  topology: CompiledTopology,
  resources: Resources,
  replicationFactor?: number,
): Promise<CheckedTopology> {
  const { transport, embedded, lookups, sinks } = resources
  const topics = checkTopics(topology, transport, embedded !== undefined, replicationFactor)
  const [topicResult, ...rest] = await Promise.all([
    topics,
    ...[...lookups].map(([spec, lookup]) => faultsOf(spec.name, () => lookup.load())),
    ...[...sinks].map(([node, sink]) => faultsOf(node, () => sink.open().then(() => sink.check()))),
  ])
  const faults = [...topicResult.faults, ...rest.flat()]
  if (faults.length > 0) throw new StartupError(topology.name, unique(faults))
  return topicResult
}

async function checkTopics(
  written: CompiledTopology,
  transport: Transport,
  isEmbedded: boolean,
  replicationFactor: number | undefined,
): Promise<CheckedTopology & { readonly faults: readonly StartupFault[] }> {
  let topology = written
  let counts: ReadonlyMap<string, number> = new Map()
  const faults = await faultsOf('topics', async () => {
    await transport.connect()
    if (hasPatterns(written)) topology = resolvePatterns(written, await transport.admin.listTopics())
    const globals = topology.globalTables.map((node) => node.topic)
    const names = [...new Set([...topology.sourceTopics, ...globals, ...topology.sinkTopics])]
    counts = await transport.admin.partitionCounts(names)
    if (isEmbedded) {
      const absent = names.filter((topic) => !counts.has(topic))
      await transport.admin.createTopics(
        absent.map((topic) => ({ topic, partitions: partitionsFor(topic, topology, counts) })),
      )
      counts = await transport.admin.partitionCounts(names)
    }
    const faults = missing(names, counts)
    if (faults.length > 0) return [...faults, ...unequal(topology, counts)]
    const differing = unequal(topology, counts)
    if (differing.length > 0) return differing
    const internal = await createInternalTopics(topology, counts, transport.admin, replicationFactor)
    counts = internal.counts
    return [...internal.faults, ...tooManyOrigins(topology, counts)]
  })
  return { topology, counts, faults }
}

/** An embedded topic that nobody made gets the count of the topics that it is read with, else one partition. */
function partitionsFor(topic: string, topology: CompiledTopology, counts: ReadonlyMap<string, number>): number {
  const sub = topology.subTopologies.find((one) => one.sourceTopics.includes(topic))
  return sub?.sourceTopics.map((other) => counts.get(other)).find((count) => count !== undefined) ?? 1
}

function missing(names: readonly string[], counts: ReadonlyMap<string, number>): readonly StartupFault[] {
  return names
    .filter((topic) => !counts.has(topic))
    .map((topic) => ({
      code: 'TOPIC_MISSING',
      where: `topic ${topic}`,
      what: 'it does not exist',
      hint: `Create it, e.g. kafka-topics.sh --create --topic ${topic} --partitions 4, or correct the name.`,
    }))
}

function unequal(topology: CompiledTopology, counts: ReadonlyMap<string, number>): readonly StartupFault[] {
  return topology.subTopologies.flatMap((sub) => {
    const known = sub.sourceTopics.filter((topic) => counts.has(topic))
    if (new Set(known.map((topic) => counts.get(topic))).size < 2) return []
    const found = known.map((topic) => `${topic} has ${counts.get(topic)}`).join(', ')
    return [
      {
        code: 'PARTITIONS_DIFFER' as const,
        where: `topics ${known.join(', ')}`,
        what: `they are read together and have different partition counts: ${found}`,
        hint: 'Give them the same count, or read them in separate topologies.',
      },
    ]
  })
}

/** What tasks commit with their offsets must fit what brokers take. */
function tooManyOrigins(topology: CompiledTopology, counts: ReadonlyMap<string, number>): readonly StartupFault[] {
  return topology.subTopologies.flatMap((sub) => {
    const internal = sub.nodes.flatMap((node) =>
      node.kind === 'source' && node.isInternal === true ? node.topics : [],
    )
    const writers = internal.flatMap((topic) => writersOf(topology, topic))
    const origins = writers.reduce((sum, writer) => sum + (counts.get(writer.sourceTopics[0] ?? '') ?? 0), 0)
    const bytes = metadataBytesFor(sub.changelogs.length, sub.sourceTopics.length, origins)
    if (bytes <= maxMetadataBytes) return []
    return [
      {
        code: 'METADATA_TOO_LARGE' as const,
        where: `topics ${internal.join(', ')}`,
        what: `${sub.changelogs.length} stores and ${origins} partitions that write to them need up to ${bytes} bytes with every commit, and a broker takes ${maxMetadataBytes}`,
        hint: 'Read topics with fewer partitions, or divide the topology.',
      },
    ]
  })
}

async function faultsOf(
  where: string,
  check: () => Promise<readonly StartupFault[]>,
): Promise<readonly StartupFault[]> {
  try {
    return await check()
  } catch (thrown) {
    if (!(thrown instanceof StreamsError)) throw thrown
    return [
      { code: thrown.code, where: thrown.context.address ?? where, what: messageOf(thrown.what), hint: thrown.hint },
    ]
  }
}

/** Two sinks of one server report the same outage. */
function unique(faults: readonly StartupFault[]): readonly StartupFault[] {
  const seen = new Map(faults.map((fault) => [`${fault.code} ${fault.where} ${fault.what}`, fault]))
  return [...seen.values()]
}
