import type { CompiledTopology } from '../compile/index.ts'
import type { CommittedOffset, Logger, PartitionOffset, TopicPartition, TransportAdmin } from '../ports/index.ts'

export interface StartPosition extends PartitionOffset {
  /** Where the log ended. */
  readonly end: number
}

/**
 * Where reading begins: at the committed offset; without one where the source's `startAt` says. A committed offset
 * that the log no longer has (retention, a topic made anew) goes back to `startAt`, with a warning: those records are
 * gone.
 */
export async function startPositions(
  topology: CompiledTopology,
  partitions: readonly TopicPartition[],
  committed: readonly CommittedOffset[],
  admin: TransportAdmin,
  logger: Logger,
): Promise<readonly StartPosition[]> {
  if (partitions.length === 0) return []
  const [earliest, latest] = await Promise.all([
    admin.offsets(partitions, 'earliest'),
    admin.offsets(partitions, 'latest'),
  ])
  return partitions.map(({ topic, partition }) => {
    const first = offsetOf(earliest, topic, partition) ?? 0
    const end = offsetOf(latest, topic, partition) ?? 0
    const start = startsAtLatest(topology, topic) ? end : first
    const offset = offsetOf(committed, topic, partition)
    if (offset === undefined) return { topic, partition, offset: start, end }
    if (offset >= first && offset <= end) return { topic, partition, offset, end }
    logger.warn(
      { topic, partition, committed: offset, earliest: first, latest: end, start },
      'The committed offset is no longer in the log: reading starts over where the source says',
    )
    return { topic, partition, offset: start, end }
  })
}

function startsAtLatest(topology: CompiledTopology, topic: string): boolean {
  return topology.plan.nodes.some(
    (node) => node.kind === 'source' && node.startAt === 'latest' && node.topics.includes(topic),
  )
}

function offsetOf(offsets: readonly PartitionOffset[], topic: string, partition: number): number | undefined {
  return offsets.find((one) => one.topic === topic && one.partition === partition)?.offset
}
