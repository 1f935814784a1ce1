import { StreamsError } from '../../errors/index.ts'
import type { CommittedOffset, NewTopic, PartitionOffset, TopicPartition, TransportAdmin } from '../../ports/index.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'

/** The admin of one connection. Topic configs and replication factors are taken and have no effect. */
export class EmbeddedAdmin implements TransportAdmin {
  readonly #broker: EmbeddedBroker
  readonly #checkOpen: () => void

  constructor(broker: EmbeddedBroker, checkOpen: () => void) {
    this.#broker = broker
    this.#checkOpen = checkOpen
  }

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    await this.#reached()
    const counts = new Map<string, number>()
    for (const name of topics) {
      const topic = this.#broker.topic(name)
      if (topic) counts.set(name, topic.partitions.length)
    }
    return counts
  }

  async listTopics(): Promise<readonly string[]> {
    await this.#reached()
    return this.#broker.topicNames
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    await this.#reached()
    for (const { topic, partitions } of topics) this.#broker.createTopic(topic, { partitions })
  }

  async offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'latest'): Promise<readonly PartitionOffset[]> {
    await this.#reached()
    return partitions.map(({ topic, partition }) => {
      const log = this.#broker.partition({ topic, partition })
      return { topic, partition, offset: at === 'earliest' ? log.startOffset : log.endOffset }
    })
  }

  async committed(groupId: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    await this.#reached()
    return this.#broker.group(groupId).committed(partitions)
  }

  async #reached(): Promise<void> {
    this.#checkOpen()
    await this.#broker.reached(
      () =>
        new StreamsError({
          code: 'TRANSPORT_FAILED',
          what: 'The embedded server is disconnected',
          hint: 'Call reconnect() of the server.',
          retriable: true,
        }),
    )
  }
}
