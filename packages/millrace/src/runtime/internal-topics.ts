import type { CompiledTopology, SubTopology } from '../compile/index.ts'
import type { StartupFault } from '../errors/index.ts'
import type { NewTopic, TransportAdmin } from '../ports/index.ts'

const repartitionConfig = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'segment.bytes': '52428800' }

export interface InternalTopics {
  /** Of all topics, internal ones included. */
  readonly counts: ReadonlyMap<string, number>
  readonly faults: readonly StartupFault[]
}

/**
 * Creates the internal topics that are not there. Repartition topics get as many partitions as the topics that they are
 * read with, or else as the largest that their writers read; changelogs one per task. One that exists with another
 * count is a fault.
 */
export async function createInternalTopics(
  topology: CompiledTopology,
  counts: ReadonlyMap<string, number>,
  admin: TransportAdmin,
  replicationFactor: number | undefined,
): Promise<InternalTopics> {
  const repartitions = repartitionCounts(topology, counts)
  const known = new Map([...counts, ...repartitions])
  const replicas = replicationFactor === undefined ? {} : { replicationFactor }
  const wanted: NewTopic[] = [
    ...[...repartitions].map(([topic, partitions]) => ({ topic, partitions, ...replicas, config: repartitionConfig })),
    ...topology.subTopologies.flatMap((sub) =>
      sub.changelogs
        .filter(({ isSource }) => !isSource)
        .map(({ topic, config }) => ({ topic, partitions: taskCount(sub, known), ...replicas, config })),
    ),
  ]
  if (wanted.length === 0) return { counts, faults: [] }
  const found = await admin.partitionCounts(wanted.map(({ topic }) => topic))
  const faults = wanted.flatMap(({ topic, partitions }) => {
    const have = found.get(topic)
    return have === undefined || have === partitions ? [] : [countDiffers(topic, have, partitions)]
  })
  if (faults.length > 0) return { counts: known, faults }
  await admin.createTopics(wanted.filter(({ topic }) => !found.has(topic)))
  return { counts: new Map([...known, ...wanted.map(({ topic, partitions }) => [topic, partitions] as const)]), faults }
}

/** The sub-topologies that write to an internal topic. */
export function writersOf(topology: CompiledTopology, topic: string): readonly SubTopology[] {
  return topology.subTopologies.filter((sub) =>
    sub.nodes.some((node) => node.kind === 'repartition-sink' && node.topic === topic),
  )
}

function taskCount(sub: SubTopology, counts: ReadonlyMap<string, number>): number {
  return Math.max(1, ...sub.sourceTopics.map((topic) => counts.get(topic) ?? 0))
}

function repartitionCounts(
  topology: CompiledTopology,
  counts: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>()
  const known = (topic: string): number | undefined => counts.get(topic) ?? wanted.get(topic)
  // a chain of internal topics is resolved from its beginning, at most one per round
  for (let round = 0; round < topology.repartitionTopics.length; round++) {
    for (const { topic, partitions } of topology.repartitionTopics) {
      if (wanted.has(topic)) continue
      const reader = topology.subTopologies.find((sub) => sub.sourceTopics.includes(topic))
      const together = reader?.sourceTopics.map(known).find((count) => count !== undefined)
      const count = partitions ?? together ?? writersCount(topology, topic, known)
      if (count !== undefined) wanted.set(topic, count)
    }
  }
  return wanted
}

function writersCount(
  topology: CompiledTopology,
  topic: string,
  known: (topic: string) => number | undefined,
): number | undefined {
  const found = writersOf(topology, topic)
    .flatMap((sub) => sub.sourceTopics.map(known))
    .filter((count) => count !== undefined)
  return found.length === 0 ? undefined : Math.max(...found)
}

function countDiffers(topic: string, have: number, wanted: number): StartupFault {
  return {
    code: 'PARTITIONS_DIFFER',
    where: `internal topic ${topic}`,
    what: `it has ${have} partitions and needs ${wanted}`,
    hint: 'The inputs have changed their partition count: use a new applicationId, or delete the internal topics and start over.',
  }
}
