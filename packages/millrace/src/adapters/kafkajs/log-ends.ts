import { StreamsError } from '../../errors/index.ts'
import type { PartitionOffset, TopicPartition } from '../../ports/index.ts'
import { byTopic } from './by-topic.ts'
import { leaderOf, requireTopics, topicMissing } from './cluster-metadata.ts'
import type { DriverBroker, DriverCluster } from './driver.ts'
import { failureType } from './kafka-failure.ts'
import { partitionsByTopic } from './offsets-store.ts'

const readCommitted = 1

/** The last stable offsets. One attempt. Throws TOPIC_MISSING. */
export async function lastStableOffsets(
  cluster: DriverCluster,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionOffset[]> {
  const answers = await atLeaders(cluster, partitions, (leader, led) =>
    leader.listOffsets({ isolationLevel: readCommitted, topics: partitionsByTopic(led) }),
  )
  return answers.flatMap(({ responses }) =>
    responses.flatMap(({ topic, partitions: list }) =>
      list.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    ),
  )
}

/** Moves the beginning of logs up to the offsets. One attempt, which may have done a part of it when it throws. */
export async function deleteRecordsBelow(cluster: DriverCluster, below: readonly PartitionOffset[]): Promise<void> {
  const existing = await ofExistingTopics(cluster, below)
  await atLeaders(cluster, existing, async (leader, led) => {
    // kafkajs can tell errors only of a request for one topic
    for (const [topic, list] of byTopic(led)) await deleteInTopic(leader, topic, list)
  })
}

async function deleteInTopic(leader: DriverBroker, topic: string, list: readonly PartitionOffset[]): Promise<void> {
  try {
    const partitions = list.map(({ partition, offset }) => ({ partition, offset: String(offset) }))
    await leader.deleteRecords({ topics: [{ topic, partitions }] })
  } catch (thrown) {
    const cause = (thrown as { partitions?: readonly { error: unknown }[] }).partitions?.[0]?.error ?? thrown
    // deleted in the meantime
    if (failureType(cause) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw cause
  }
}

async function ofExistingTopics<T extends TopicPartition>(
  cluster: DriverCluster,
  partitions: readonly T[],
): Promise<readonly T[]> {
  const topics = [...byTopic(partitions).keys()]
  await cluster.addMultipleTargetTopics(topics)
  const isKnown = (topic: string): boolean => cluster.findTopicPartitionMetadata(topic).length > 0
  if (!topics.every(isKnown)) await cluster.refreshMetadata()
  return partitions.filter(({ topic }) => isKnown(topic))
}

/** Calls every leader with those of the partitions that it leads; looks for new leaders before it throws. */
async function atLeaders<P extends TopicPartition, T>(
  cluster: DriverCluster,
  partitions: readonly P[],
  call: (leader: DriverBroker, led: readonly P[]) => Promise<T>,
): Promise<readonly T[]> {
  await requireTopics(cluster, [...byTopic(partitions).keys()])
  try {
    const leaders = new Map<number, P[]>()
    for (const each of partitions) {
      const leader = requireLeader(cluster, each)
      leaders.set(leader, [...(leaders.get(leader) ?? []), each])
    }
    return await Promise.all([...leaders].map(async ([nodeId, led]) => call(await cluster.findBroker({ nodeId }), led)))
  } catch (thrown) {
    await cluster.refreshMetadata()
    throw thrown
  }
}

/** The node that leads a partition. Throws TOPIC_MISSING, and TRANSPORT_FAILED (retriable) while nobody does. */
export function requireLeader(cluster: DriverCluster, { topic, partition }: TopicPartition): number {
  const leader = leaderOf(cluster, topic, partition)
  if (leader === -2) throw topicMissing([topic]).in({ partition })
  if (leader < 0) throw leaderless(topic)
  return leader
}

export function leaderless(topic: string): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: 'Not every partition has a leader',
    hint: 'See whether all brokers are up.',
    topic,
    retriable: true,
  })
}
