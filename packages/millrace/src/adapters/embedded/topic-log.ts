import { StreamsError } from '../../errors/index.ts'
import type { TopicPartition } from '../../ports/index.ts'
import { PartitionLog } from './partition-log.ts'

/**
 * `all`: records stay until they are deleted. `committed`: what every group that ever joined the topic has committed
 * is freed, in whole segments; a topic that no group has joined keeps everything.
 */
export type RetainRecords = 'all' | 'committed'

export interface TopicOptions {
  readonly partitions: number
  /** Default: what the server was made with. */
  readonly retainRecords?: RetainRecords
}

const validName = /^[a-zA-Z0-9._-]{1,249}$/

/** A topic: its partitions, and the groups whose commits its retention waits for. */
export class TopicLog {
  readonly name: string
  readonly partitions: readonly PartitionLog[]
  readonly retainRecords: RetainRecords
  /** What each group that has ever joined reads from this topic next; a partition without a commit counts as 0. */
  readonly #committed = new Map<string, Map<number, number>>()

  constructor(name: string, partitions: number, retainRecords: RetainRecords) {
    if (!validName.test(name) || name === '.' || name === '..') throw nameInvalid(name)
    if (!Number.isInteger(partitions) || partitions < 1) throw partitionsInvalid(name, partitions)
    this.name = name
    this.partitions = Array.from({ length: partitions }, (_, partition) => new PartitionLog(name, partition))
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
