import type { ChangelogTopic } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { Clock, PartitionOffset, StateStore, TopicPartition, TransportAdmin } from '../ports/index.ts'
import type { CommittedState, Task } from '../task/index.ts'
import { readCheckpoint } from './checkpoint.ts'

/** What is to be read of the changelog of one store. */
export interface RestoreRange {
  readonly spec: ChangelogTopic
  readonly store: StateStore
  /** The first offset that the store does not have. */
  readonly from: number
  /** Where the last commit ended. */
  readonly committedEnd: number
  readonly logEnd: number
}

interface Services {
  readonly admin: TransportAdmin
  readonly clock: Clock
}

const dayMs = 86_400_000
/** Changelogs keep tombstones for seven days (`delete.retention.ms`): an older local store may miss some. */
const maxLocalAgeMs = 6 * dayMs
const askAgainMs = 200
/** Longer than an open transaction of a dead process may last. */
const patienceMs = 90_000

/** 'ahead': a local store has seen what was not committed, or is too old to be brought up to date. */
export async function restoreRanges(
  task: Task,
  committed: CommittedState | undefined,
  services: Services,
  signal: AbortSignal,
): Promise<readonly RestoreRange[] | 'ahead'> {
  const { specs } = task.changelogs
  const endOf = ({ isSource, topic, storeName }: ChangelogTopic): number =>
    (isSource ? task.positionOf(topic) : committed?.changelogEnd(storeName)) ?? 0
  const partitions = specs.map(({ topic }) => ({ topic, partition: task.partition }))
  const wanted = specs.map((spec) => ({ topic: spec.topic, partition: task.partition, offset: endOf(spec) }))
  const [earliest, ends] = await Promise.all([
    services.admin.offsets(partitions, 'earliest'),
    reachedEnds(wanted, services, signal),
  ])
  const ranges: RestoreRange[] = []
  for (const spec of specs) {
    const committedEnd = endOf(spec)
    const checkpoint = readCheckpoint(task.checkpoint(spec.storeName))
    if (checkpoint !== undefined) {
      const isOld = services.clock.nowMs() - checkpoint.atMs > maxLocalAgeMs
      if (checkpoint.end > committedEnd || isOld) return 'ahead'
    }
    const store = task.stores.get(spec.storeName)!
    const from = Math.max(checkpoint?.end ?? 0, offsetOf(earliest, spec))
    // behind the position in a table's own topic stand records that are still to be processed
    const logEnd = spec.isSource ? committedEnd : offsetOf(ends, spec)
    ranges.push({ spec, store, from, committedEnd, logEnd })
  }
  return ranges
}

/**
 * Where the logs can be read to. What was committed is behind an open transaction only until that has ended; a log that
 * is shorter has lost it. Throws CHANGELOG_TRUNCATED.
 */
async function reachedEnds(
  wanted: readonly PartitionOffset[],
  { admin, clock }: Services,
  signal: AbortSignal,
): Promise<readonly PartitionOffset[]> {
  const giveUpMs = clock.nowMs() + patienceMs
  for (;;) {
    const ends = await admin.stableOffsets(wanted)
    const short = wanted.find((one) => offsetOf(ends, one) < one.offset)
    if (short === undefined || signal.aborted) return ends
    if (clock.nowMs() >= giveUpMs) throw truncated(short, offsetOf(ends, short))
    await new Promise<void>((resolve) => {
      clock.schedule(askAgainMs, resolve)
    })
  }
}

function offsetOf(offsets: readonly PartitionOffset[], { topic }: Pick<TopicPartition, 'topic'>): number {
  return offsets.find((one) => one.topic === topic)?.offset ?? 0
}

function truncated({ topic, partition, offset }: PartitionOffset, end: number): StreamsError {
  return new StreamsError({
    code: 'CHANGELOG_TRUNCATED',
    what: `A changelog ends at ${end}, and the last commit names ${offset}: state has been lost`,
    hint: 'Was the topic made anew, or a broker elected that had not all of it? Bring it back, or start over with a new applicationId.',
    topic,
    partition,
  })
}
