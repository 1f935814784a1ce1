import { StreamsError } from '../../errors/index.ts'
import type { Clock, TopicPartition } from '../../ports/index.ts'
import type { BrokerFaults } from './broker-faults.ts'
import { ConsumerGroup } from './consumer-group.ts'
import type { BatchLimits, PartitionLog } from './partition-log.ts'
import { RequestGate } from './request-gate.ts'
import { TopicLog, type RetainRecords, type TopicOptions } from './topic-log.ts'
import { TransactionCoordinator } from './transaction-coordinator.ts'

export interface BrokerSettings extends BatchLimits {
  readonly clock: Clock
  readonly retainRecords: RetainRecords
  /** Partitions of a topic that is made when it is first used; null: none is. */
  readonly autoCreatePartitions: number | null
  /** How long a rebalance waits for a member. */
  readonly rebalanceTimeoutMs: number
  /** How long a request waits for a server that is down. */
  readonly requestTimeoutMs: number
  readonly faults: BrokerFaults | null
}

/** What the connections of one server share: topics, groups, transactions, and the gate that requests pass. */
export class EmbeddedBroker {
  readonly settings: BrokerSettings
  readonly gate: RequestGate
  readonly transactions: TransactionCoordinator
  readonly #topics = new Map<string, TopicLog>()
  readonly #groups = new Map<string, ConsumerGroup>()

  constructor(settings: BrokerSettings) {
    this.settings = settings
    this.gate = new RequestGate(settings, ({ groupId, memberId }, noticedAfterMs) => {
      if (groupId !== undefined && memberId !== undefined) this.group(groupId).evict(memberId, noticedAfterMs)
    })
    this.transactions = new TransactionCoordinator(this)
  }

  createTopic(name: string, options: TopicOptions): void {
    if (this.#topics.has(name)) return
    const { clock, retainRecords } = this.settings
    this.#topics.set(name, new TopicLog(name, { retainRecords, ...options }, clock))
  }

  deleteTopic(name: string): void {
    const topic = this.#topics.get(name)
    this.#topics.delete(name)
    for (const { readers } of topic?.partitions ?? []) for (const wake of readers) wake()
  }

  get topicNames(): readonly string[] {
    return [...this.#topics.keys()]
  }

  /** A topic, if it exists. */
  topic(name: string): TopicLog | undefined {
    return this.#topics.get(name)
  }

  /** A topic that is about to be used: made if the settings say so. Throws TOPIC_MISSING. */
  usedTopic(name: string): TopicLog {
    const { autoCreatePartitions } = this.settings
    if (!this.#topics.has(name) && autoCreatePartitions !== null) {
      this.createTopic(name, { partitions: autoCreatePartitions })
    }
    const topic = this.#topics.get(name)
    if (!topic) throw topicMissing(name)
    return topic
  }

  /** Throws TOPIC_MISSING. */
  partition({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#topics.get(topic)?.partitions[partition]
    if (!log) throw topicMissing(topic, partition)
    return log
  }

  group(groupId: string): ConsumerGroup {
    let group = this.#groups.get(groupId)
    if (!group) {
      group = new ConsumerGroup(groupId, this)
      this.#groups.set(groupId, group)
    }
    return group
  }
}

export function topicMissing(topic: string, partition?: number): StreamsError {
  return new StreamsError({
    code: 'TOPIC_MISSING',
    what: partition === undefined ? 'The topic does not exist' : 'The topic does not exist or has fewer partitions',
    hint: 'Create it with createTopic() of the embedded server, or through the admin.',
    topic,
    partition,
  })
}
