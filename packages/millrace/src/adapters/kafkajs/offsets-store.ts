import type { Clock, CommittedOffset, TopicPartition } from '../../ports/index.ts'
import { byTopic } from './by-topic.ts'
import { findCoordinator } from './coordinator.ts'
import type { DriverCluster, OffsetsOfTopic, PartitionsOfTopic } from './driver.ts'
import { failureKind, wrapFailure } from './kafka-failure.ts'
import { retrying } from './retry.ts'
import { fetchStableOffsets } from './stable-offset-fetch.ts'

export interface OffsetsQuery {
  readonly cluster: DriverCluster
  readonly clock: Clock
  readonly timeoutMs: number
  readonly groupId: string
  readonly partitions: readonly TopicPartition[]
  /** Waits for transactions that are open and hold offsets of these partitions. Default false: leaves them out. */
  readonly waitsForTransactions?: boolean
}

/** What a group has committed. kafkajs' own `fetchOffsets` can take 5 s and fills gaps with defaults. */
export async function committedOffsets(query: OffsetsQuery): Promise<readonly CommittedOffset[]> {
  const { cluster, clock, timeoutMs, groupId, partitions, waitsForTransactions = false } = query
  if (partitions.length === 0) return []
  const topics = partitionsByTopic(partitions)
  try {
    const { responses } = await retrying(clock, { timeoutMs }, async () => {
      const coordinator = await findCoordinator(cluster, 'group', groupId)
      const request = { groupId, topics }
      return waitsForTransactions ? fetchStableOffsets(coordinator, request) : coordinator.offsetFetch(request)
    })
    return responses.flatMap(({ topic, partitions: answers }) =>
      answers
        .map(({ partition, offset, metadata }) => ({
          topic,
          partition,
          offset: Number(offset),
          metadata: metadata ?? '',
        }))
        .filter(({ offset }) => offset >= 0),
    )
  } catch (thrown) {
    // A group that never committed may have no offsets for a topic that was just created.
    if (failureKind(thrown) === 'missing-topic') return []
    throw wrapFailure(
      thrown,
      'TRANSPORT_FAILED',
      `The committed offsets of group ${groupId} cannot be read`,
      'See whether the brokers are up, and whether this client may read the group.',
    )
  }
}

export function partitionsByTopic(partitions: readonly TopicPartition[]): readonly PartitionsOfTopic[] {
  return [...byTopic(partitions)].map(([topic, list]) => ({
    topic,
    partitions: list.map(({ partition }) => ({ partition })),
  }))
}

export function offsetsByTopic(offsets: readonly CommittedOffset[]): readonly OffsetsOfTopic[] {
  return [...byTopic(offsets)].map(([topic, list]) => ({
    topic,
    partitions: list.map(({ partition, offset, metadata }) => ({ partition, offset: String(offset), metadata })),
  }))
}
