import { StreamsError } from '../../errors/index.ts'
import type { CommittedOffset, TopicPartition } from '../../ports/index.ts'

/** What Kafka's `offset.metadata.max.bytes` is by default. */
const maxMetadataBytes = 4_096

/** The committed offsets of one group. */
export class GroupCommits {
  readonly #commits = new Map<string, CommittedOffset>()

  get(partitions: readonly TopicPartition[]): readonly CommittedOffset[] {
    return partitions.flatMap((partition) => this.#commits.get(nameOf(partition)) ?? [])
  }

  /** All or none. Throws TRANSPORT_FAILED for what a broker would refuse. */
  set(commits: readonly CommittedOffset[]): void {
    checkCommits(commits)
    for (const { topic, partition, offset, metadata } of commits) {
      this.#commits.set(nameOf({ topic, partition }), { topic, partition, offset, metadata })
    }
  }
}

/** Throws TRANSPORT_FAILED for what a broker would refuse. */
export function checkCommits(commits: readonly CommittedOffset[]): void {
  for (const commit of commits) check(commit)
}

function check(commit: CommittedOffset): void {
  const { topic, partition, offset, metadata } = commit
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new StreamsError({
      code: 'TRANSPORT_FAILED',
      what: 'This is not an offset',
      hint: 'Commit the next offset to read, from 0 on.',
      topic,
      partition,
      offset,
    })
  }
  // A character is at most three bytes of UTF-8, so most texts need not be measured.
  if (metadata.length * 3 <= maxMetadataBytes || Buffer.byteLength(metadata) <= maxMetadataBytes) return
  throw new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: `The metadata of a commit has ${Buffer.byteLength(metadata)} bytes, ${maxMetadataBytes} are allowed`,
    hint: 'Commit less metadata; Kafka refuses it too.',
    topic,
    partition,
    offset,
  })
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
