import { StreamsError } from '../../errors/index.ts'
import type { Clock, TopicPartition } from '../../ports/index.ts'
import { LogCleaner } from './log-cleaner.ts'
import { PartitionLog } from './partition-log.ts'
import { topicConfigOf } from './topic-config.ts'

/**
 * `all`: records stay until they are deleted. `committed`: what every group that ever joined the topic has committed
 * is freed, in whole segments; a topic that no group has joined keeps everything.
 */
export type RetainRecords = 'all' | 'committed'

export interface TopicOptions {
  readonly partitions: number
  /** Default: what the server was made with. */
  readonly retainRecords?: RetainRecords
  /**
   * As Kafka's. `cleanup.policy`, `min.compaction.lag.ms`, `delete.retention.ms` and `retention.ms` have their effect,
   * in whole segments of 1,024 records; without `retention.ms` nothing is deleted for its age.
   */
  readonly config?: Readonly<Record<string, string>>
}

const validName = /^[a-zA-Z0-9._-]{1,249}$/

/** A topic: its partitions, and the groups whose commits its retention waits for. */
export class TopicLog {
  readonly name: string
  readonly partitions: readonly PartitionLog[]
  readonly retainRecords: RetainRecords
  readonly isCompacted: boolean
  /** Whether records may be deleted on request: not where compaction alone decides. */
  readonly takesDeletes: boolean
  /** What each group that has ever joined reads from this topic next; a partition without a commit counts as 0. */
  readonly #committed = new Map<string, Map<number, number>>()

  constructor(name: string, { partitions, retainRecords = 'all', config }: TopicOptions, clock: Clock) {
    if (!validName.test(name) || name === '.' || name === '..') throw nameInvalid(name)
    if (!Number.isInteger(partitions) || partitions < 1) throw partitionsInvalid(name, partitions)
    const parsed = topicConfigOf(name, config)
    const isCleaned = parsed.isCompacted || parsed.retentionMs !== null
    this.name = name
    this.isCompacted = parsed.isCompacted
    this.takesDeletes = parsed.isDeleted
    this.partitions = Array.from(
      { length: partitions },
      (_, partition) => new PartitionLog(name, partition, isCleaned ? new LogCleaner(parsed, clock) : null),
    )
    this.retainRecords = retainRecords
  }

  joined(groupId: string): void {
    if (!this.#committed.has(groupId)) this.#committed.set(groupId, new Map())
  }

  committed(groupId: string, { partition }: TopicPartition, offset: number): void {
    this.joined(groupId)
    this.#committed.get(groupId)?.set(partition, offset)
    if (this.retainRecords === 'all') return
    let lowest = offset
    for (const commits of this.#committed.values()) lowest = Math.min(lowest, commits.get(partition) ?? 0)
    this.partitions[partition]?.freeSegmentsBelow(lowest)
  }
}

function nameInvalid(topic: string): StreamsError {
  return new StreamsError({
    code: 'NAME_INVALID',
    what: 'A topic cannot have this name',
    hint: 'Use 1 to 249 letters, digits, dots, underscores or hyphens.',
    topic,
  })
}

function partitionsInvalid(topic: string, partitions: number): StreamsError {
  return new StreamsError({
    code: 'OPTION_INVALID',
    what: `A topic cannot have ${partitions} partitions`,
    hint: 'Give a whole number from 1 on.',
    topic,
  })
}
