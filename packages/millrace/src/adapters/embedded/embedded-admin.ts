import { StreamsError } from '../../errors/index.ts'
import type { CommittedOffset, NewTopic, PartitionOffset, TopicPartition, TransportAdmin } from '../../ports/index.ts'
import type { EmbeddedBroker } from './embedded-broker.ts'
import { transportFailed } from './request-gate.ts'

const request = { kind: 'admin', clientId: 'admin' } as const

/** The admin of one connection. Replication factors are taken and have no effect. */
export class EmbeddedAdmin implements TransportAdmin {
  readonly #broker: EmbeddedBroker
  readonly #checkOpen: () => void

  constructor(broker: EmbeddedBroker, checkOpen: () => void) {
    this.#broker = broker
    this.#checkOpen = checkOpen
  }

  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#ask(() => {
      const counts = new Map<string, number>()
      for (const name of topics) {
        const topic = this.#broker.topic(name)
        if (topic) counts.set(name, topic.partitions.length)
      }
      return counts
    })
  }

  listTopics(): Promise<readonly string[]> {
    return this.#ask(() => this.#broker.topicNames)
  }

  createTopics(topics: readonly NewTopic[]): Promise<void> {
    return this.#ask(() => {
      for (const { topic, partitions, config } of topics) {
        this.#broker.createTopic(topic, { partitions, ...(config ? { config } : {}) })
      }
    })
  }

  offsets(partitions: readonly TopicPartition[], at: 'earliest' | 'latest'): Promise<readonly PartitionOffset[]> {
    return this.#ask(() =>
      partitions.map(({ topic, partition }) => {
        const log = this.#broker.partition({ topic, partition })
        return { topic, partition, offset: at === 'earliest' ? log.startOffset : log.endOffset }
      }),
    )
  }

  stableOffsets(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffset[]> {
    return this.#ask(() =>
      partitions.map(({ topic, partition }) => ({
        topic,
        partition,
        offset: this.#broker.partition({ topic, partition }).stableOffset,
      })),
    )
  }

  deleteRecords(below: readonly PartitionOffset[]): Promise<void> {
    return this.#ask(() => {
      for (const { topic: name, partition, offset } of below) {
        const topic = this.#broker.topic(name)
        if (topic && !topic.takesDeletes) throw deletesRefused(name)
        if (topic) this.#broker.partition({ topic: name, partition }).deleteRecordsBelow(offset)
      }
    })
  }

  committed(groupId: string, partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    return this.#ask(() => this.#broker.group(groupId).committed(partitions))
  }

  async #ask<T>(answer: () => T): Promise<T> {
    this.#checkOpen()
    return this.#broker.gate.pass(request, answer, transportFailed('The admin is not answered'))
  }
}

function deletesRefused(topic: string): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: 'Records of a topic that is only compacted cannot be deleted',
    hint: 'Add delete to its cleanup.policy; Kafka refuses it too.',
    topic,
  })
}
