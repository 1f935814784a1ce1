import type {
  Clock,
  CommittedOffset,
  NewTopic,
  PartitionOffset,
  TopicPartition,
  TransportAdmin,
} from '../../ports/index.ts'
import type { AdapterServices } from './adapter-services.ts'
import { requireTopics } from './cluster-metadata.ts'
import type { DriverCluster } from './driver.ts'
import { failureType, wrapFailure } from './kafka-failure.ts'
import { deleteRecordsBelow, lastStableOffsets, leaderless, requireLeader } from './log-ends.ts'
import { committedOffsets, partitionsByTopic } from './offsets-store.ts'
import type { KafkaSettings } from './options.ts'
import { RareWarning } from './rare-warning.ts'
import { retrying } from './retry.ts'

const createTimeoutMs = 15_000
const quietMs = 3_000

/**
 * Topics and offsets. It speaks to the cluster and not to kafkajs' admin, whose calls wait 5 to 8 s in ordinary cases
 * (an unknown topic, resolved offsets), and replace what is missing with defaults.
 */
export class KafkajsAdmin implements TransportAdmin {
  readonly #cluster: () => DriverCluster
  readonly #settings: KafkaSettings
  readonly #clock: Clock
  readonly #warning: RareWarning

  /** `cluster` throws when the transport is not connected. */
  constructor(cluster: () => DriverCluster, { settings, clock, logger }: AdapterServices) {
    this.#cluster = cluster
    this.#settings = settings
    this.#clock = clock
    this.#warning = new RareWarning(clock, logger, quietMs)
  }

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = await Promise.all(topics.map(async (topic) => [topic, await this.#partitionCount(topic)] as const))
    return new Map(counts.filter((entry): entry is readonly [string, number] => entry[1] !== null))
  }

  async listTopics(): Promise<readonly string[]> {
    return this.#attempt('The topics cannot be listed', async () => {
      const broker = await this.#cluster().brokerPool.findConnectedBroker()
      const { topicMetadata } = await broker.metadata([])
      return topicMetadata.map(({ topic }) => topic)
    })
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    for (const topic of topics) await this.#createTopic(topic)
  }

  async offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'latest'): Promise<readonly PartitionOffset[]> {
    const fromBeginning = at === 'earliest'
    const topics = partitionsByTopic(partitions).map((each) => ({ ...each, fromBeginning }))
    const found = await this.#attempt(`The ${at} offsets cannot be read`, async () => {
      const cluster = this.#cluster()
      await requireTopics(
        cluster,
        topics.map(({ topic }) => topic),
      )
      try {
        // kafkajs leaves out of its answer what it does not know
        for (const each of partitions) requireLeader(cluster, each)
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

  async stableOffsets(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffset[]> {
    return this.#attempt('The last stable offsets cannot be read', () => lastStableOffsets(this.#cluster(), partitions))
  }

  async deleteRecords(below: readonly PartitionOffset[]): Promise<void> {
    await this.#attempt('Records cannot be deleted', () => deleteRecordsBelow(this.#cluster(), below))
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
        if (failureType(thrown) === 'INVALID_TOPIC_EXCEPTION') return null
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

  /** A topic exists for its creator before every broker knows it and its leaders. */
  async #seen(topic: string): Promise<void> {
    await this.#attempt(`Topic ${topic} was created but does not appear`, async () => {
      const broker = await this.#cluster().brokerPool.findConnectedBroker()
      const { topicMetadata } = await broker.metadata([topic])
      const found = topicMetadata.find((each) => each.topic === topic)?.partitionMetadata ?? []
      if (found.length === 0 || found.some(({ leader }) => leader < 0)) throw leaderless(topic)
    })
  }

  async #attempt<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      const onRetry = (thrown: unknown): void => this.#warning.failed(`${what}; trying again`, thrown)
      const result = await retrying(this.#clock, { timeoutMs: this.#settings.retryTimeoutMs, onRetry }, call)
      this.#warning.healed()
      return result
    } catch (thrown) {
      throw wrapFailure(thrown, 'TRANSPORT_FAILED', what, 'See the cause, and whether the brokers are up.')
    }
  }
}
