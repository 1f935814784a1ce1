import { StreamsError } from '../../errors/index.ts'
import type { Clock, TopicPartition } from '../../ports/index.ts'
import { ConsumerGroup } from './consumer-group.ts'
import type { BatchLimits, PartitionLog } from './partition-log.ts'
import { settlesWithin } from './settles-within.ts'
import { TopicLog, type RetainRecords, type TopicOptions } from './topic-log.ts'

export interface BrokerSettings extends BatchLimits {
  readonly clock: Clock
  readonly retainRecords: RetainRecords
  /** Partitions of a topic that is made when it is first used; null: none is. */
  readonly autoCreatePartitions: number | null
  /** How long a rebalance waits for a member. */
  readonly rebalanceTimeoutMs: number
  /** How long a request waits for a server that is down. */
  readonly requestTimeoutMs: number
}

/** What the connections of one server share: topics, groups, and whether it can be reached. */
export class EmbeddedBroker {
  readonly settings: BrokerSettings
  /** Called when the server can be reached again. */
  readonly readers: Set<() => void> = new Set()
  readonly #topics = new Map<string, TopicLog>()
  readonly #groups = new Map<string, ConsumerGroup>()
  #up: Promise<void> | null = null
  #comeUp: () => void = () => {}

  constructor(settings: BrokerSettings) {
    this.settings = settings
  }

  get isDown(): boolean {
    return this.#up !== null
  }

  goDown(): void {
    this.#up ??= new Promise((resolve) => {
      this.#comeUp = resolve
    })
  }

  comeUp(): void {
    this.#up = null
    this.#comeUp()
    for (const wake of this.readers) wake()
  }

  /** Resolves when the server can be reached; rejects with the given error after `requestTimeoutMs`. */
  async reached(unreachable: () => StreamsError): Promise<void> {
    const { clock, requestTimeoutMs } = this.settings
    while (this.#up) if (!(await settlesWithin(clock, requestTimeoutMs, this.#up))) throw unreachable()
  }

  createTopic(name: string, { partitions, retainRecords }: TopicOptions): void {
    if (this.#topics.has(name)) return
    this.#topics.set(name, new TopicLog(name, partitions, retainRecords ?? this.settings.retainRecords))
  }

  deleteTopic(name: string): void {
    this.#topics.delete(name)
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
