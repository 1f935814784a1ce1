import { StreamsError } from '../../errors/index.ts'
import type { DriverCluster, ProtocolRequest } from './driver.ts'

const metadataApiKey = 3
const unknownTopic = 3

interface DecodedMetadata {
  topicMetadata: {
    readonly topicErrorCode: number
    readonly partitionMetadata: readonly { partitionErrorCode: number }[]
  }[]
}

/**
 * Lets kafkajs accept metadata in which some topic is missing or some partition has no leader. It would refuse the
 * whole answer: one topic that was deleted, or one partition that is offline, even of a topic that nobody here reads,
 * would cut every client off. What is missing is noticed where it is needed (`requireTopics`, leader -1).
 */
export function toleratesGaps(protocol: ProtocolRequest): ProtocolRequest {
  const { request, response } = protocol
  if (request.apiKey !== metadataApiKey) return protocol
  return {
    ...protocol,
    response: {
      decode: (payload) => response.decode(payload),
      parse: (decoded) => response.parse(withoutGaps(decoded as DecodedMetadata)),
    },
  }
}

function withoutGaps(metadata: DecodedMetadata): DecodedMetadata {
  metadata.topicMetadata = metadata.topicMetadata.filter(({ topicErrorCode }) => topicErrorCode !== unknownTopic)
  for (const { partitionMetadata } of metadata.topicMetadata) {
    for (const partition of partitionMetadata) partition.partitionErrorCode = 0
  }
  return metadata
}

/** Makes sure that the cluster handle knows these topics. Throws TOPIC_MISSING, naming those that do not exist. */
export async function requireTopics(cluster: DriverCluster, topics: readonly string[]): Promise<void> {
  await cluster.addMultipleTargetTopics(topics)
  const missing = (): readonly string[] =>
    topics.filter((topic) => cluster.findTopicPartitionMetadata(topic).length === 0)
  if (missing().length === 0) return
  await cluster.refreshMetadata()
  const stillMissing = missing()
  if (stillMissing.length > 0) throw topicMissing(stillMissing)
}

export function topicMissing(topics: readonly string[]): StreamsError {
  return new StreamsError({
    code: 'TOPIC_MISSING',
    what: topics.length === 1 ? 'A topic does not exist' : `Topics do not exist: ${topics.join(', ')}`,
    hint: 'Create it, or mend its name.',
    ...(topics.length === 1 ? { topic: topics[0] } : {}),
  })
}

/** Who leads a partition; -1: nobody now, -2: there is no such partition. */
export function leaderOf(cluster: DriverCluster, topic: string, partition: number): number {
  const known = cluster.findTopicPartitionMetadata(topic)
  return known.find(({ partitionId }) => partitionId === partition)?.leader ?? -2
}
