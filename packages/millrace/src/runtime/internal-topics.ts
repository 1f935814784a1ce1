import type { CompiledTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { TransportAdmin } from '../ports/index.ts'

/**
 * Creates the internal topics that are not there: as many partitions as the topics that they are read with, or else as
 * the largest that their writers read. Throws PARTITIONS_DIFFER for one that exists with another count. Gives all counts.
 */
export async function createInternalTopics(
  topology: CompiledTopology,
  counts: ReadonlyMap<string, number>,
  admin: TransportAdmin,
): Promise<ReadonlyMap<string, number>> {
  const wanted = wantedCounts(topology, counts)
  if (wanted.size === 0) return counts
  const found = await admin.partitionCounts([...wanted.keys()])
  const absent = [...wanted].filter(([topic]) => !found.has(topic))
  await admin.createTopics(
    absent.map(([topic, partitions]) => ({
      topic,
      partitions,
      config: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'segment.bytes': '52428800' },
    })),
  )
  for (const [topic, partitions] of wanted) {
    const have = found.get(topic)
    if (have !== undefined && have !== partitions) throw countDiffers(topic, have, partitions)
  }
  return new Map([...counts, ...wanted])
}

function wantedCounts(topology: CompiledTopology, counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
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
  const writers = topology.subTopologies.filter((sub) =>
    sub.nodes.some((node) => node.kind === 'repartition-sink' && node.topic === topic),
  )
  const found = writers.flatMap((sub) => sub.sourceTopics.map(known)).filter((count) => count !== undefined)
  return found.length === 0 ? undefined : Math.max(...found)
}

function countDiffers(topic: string, have: number, wanted: number): StreamsError {
  return new StreamsError({
    code: 'PARTITIONS_DIFFER',
    what: `Internal topic '${topic}' has ${have} partitions and needs ${wanted}`,
    hint: 'The inputs have changed their partition count: use a new applicationId, or delete the internal topic and start over.',
    topic,
  })
}
