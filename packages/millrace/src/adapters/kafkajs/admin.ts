import type {
  Clock,
  CommittedOffset,
  NewTopic,
  PartitionOffset,
  TopicPartition,
  TransportAdmin,
} from '../../ports/index.ts'
import type { DriverCluster } from './driver.ts'
import { failureKind, failureType, wrapFailure } from './kafka-failure.ts'
import { committedOffsets, partitionsByTopic } from './offsets-store.ts'
import type { KafkaSettings } from './options.ts'
import { retrying } from './retry.ts'

const createTimeoutMs = 15_000

/**
 * Topics and offsets. It speaks to the cluster and not to kafkajs' admin, whose calls wait 5 to 8 s in ordinary cases
 * (an unknown topic, resolved offsets), and replace what is missing with defaults.
 */
export class KafkajsAdmin implements TransportAdmin {
  readonly #cluster: () => DriverCluster
  readonly #settings: KafkaSettings
  readonly #clock: Clock

  /** `cluster` throws when the transport is not connected. */
  constructor(cluster: () => DriverCluster, settings: KafkaSettings, clock: Clock) {
    this.#cluster = cluster
    this.#settings = settings
    this.#clock = clock
  }

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = await Promise.all(topics.map(async (topic) => [topic, await this.#partitionCount(topic)] as const))
    return new Map(counts.filter((entry): entry is readonly [string, number] => entry[1] !== null))
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    for (const topic of topics) await this.#createTopic(topic)
  }

  async offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'latest'): Promise<readonly PartitionOffset[]> {
    const fromBeginning = at === 'earliest'
    const topics = partitionsByTopic(partitions).map((each) => ({ ...each, fromBeginning }))
    const found = await this.#attempt(`The ${at} offsets cannot be read`, async () => {
      const cluster = this.#cluster()
      await cluster.addMultipleTargetTopics(topics.map(({ topic }) => topic))
      try {
        return await cluster.fetchTopicsOffset(topics)
      } catch (thrown) {
        await cluster.refreshMetadata()
        throw thrown
      }
    })
    return found.flatMap(({ topic, partitions: list }) =>
      list.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    )
  }

  async committed(groupId: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    const timeoutMs = this.#settings.retryTimeoutMs
    return committedOffsets({ cluster: this.#cluster(), clock: this.#clock, timeoutMs, groupId, partitions })
  }

  /** Null when there is no such topic. One request per topic: an answer for several fails as a whole. */
  async #partitionCount(topic: string): Promise<number | null> {
    return this.#attempt(`Topic ${topic} cannot be looked up`, async () => {
      try {
        const broker = await this.#cluster().brokerPool.findConnectedBroker()
        const { topicMetadata } = await broker.metadata([topic])
        return topicMetadata.find((each) => each.topic === topic)?.partitionMetadata.length ?? null
      } catch (thrown) {
        if (failureKind(thrown) === 'missing-topic' || failureType(thrown) === 'INVALID_TOPIC_EXCEPTION') return null
        throw thrown
      }
    })
  }

  async #createTopic({ topic, partitions, replicationFactor = -1, config = {} }: NewTopic): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
    const request = { topic, numPartitions: partitions, replicationFactor, configEntries }
    await this.#attempt(`Topic ${topic} cannot be created`, async () => {
      const cluster = this.#cluster()
      await cluster.refreshMetadata()
      const controller = await cluster.findControllerBroker()
      try {
        await controller.createTopics({ topics: [request], timeout: createTimeoutMs })
      } catch (thrown) {
        if (failureType(thrown) !== 'TOPIC_ALREADY_EXISTS') throw thrown
      }
    })
    await this.#seen(topic)
  }

  /** A topic exists for its creator before every broker knows its leaders. */
  async #seen(topic: string): Promise<void> {
    const isRetriable = (thrown: unknown): boolean => ['missing-topic', 'transient'].includes(failureKind(thrown))
    await this.#attempt(
      `Topic ${topic} was created but does not appear`,
      async () => {
        const broker = await this.#cluster().brokerPool.findConnectedBroker()
        await broker.metadata([topic])
      },
      isRetriable,
    )
  }

  async #attempt<T>(what: string, call: () => Promise<T>, isRetriable?: (thrown: unknown) => boolean): Promise<T> {
    try {
      const timeoutMs = this.#settings.retryTimeoutMs
      return await retrying(this.#clock, isRetriable ? { timeoutMs, isRetriable } : { timeoutMs }, call)
    } catch (thrown) {
      throw wrapFailure(thrown, 'TRANSPORT_FAILED', what, 'See the cause, and whether the brokers are up.')
    }
  }
}
