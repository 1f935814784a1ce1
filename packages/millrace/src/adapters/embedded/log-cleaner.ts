import type { Clock } from '../../ports/index.ts'
import { LogSegment, segmentRecords } from './log-segment.ts'
import type { TopicConfig } from './topic-config.ts'

/**
 * Compaction of one partition, as Kafka's log cleaner does it: of each key only the last record stays, a tombstone as
 * long as a reader that has seen its key may need it; offsets keep their numbers. The segment that is being written,
 * records that are younger than the lag and open transactions are left alone.
 *
 * It works when at least as much has come in as was left by the work before, so a record costs constant time on
 * average, and a log holds at most twice what it must.
 */
export class LogCleaner {
  readonly #config: TopicConfig
  readonly #clock: Clock
  /** Until when each tombstone that has been through a compaction stays, by offset. */
  readonly #tombstonesUntilMs = new Map<number, number>()
  /** Everything below was compacted before. */
  #cleanBelow = 0
  #cleanRecords = 0

  constructor(config: TopicConfig, clock: Clock) {
    this.#config = config
    this.#clock = clock
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  /** Everything below this offset has passed its retention time. */
  expiredBelow(segments: readonly LogSegment[]): number {
    const { retentionMs } = this.#config
    if (retentionMs === null) return 0
    const oldestMs = this.nowMs() - retentionMs
    // The last segment is being written.
    const kept = segments.findIndex(
      ({ lastAppendMs }, index) => index === segments.length - 1 || lastAppendMs > oldestMs,
    )
    return segments[kept]?.baseOffset ?? 0
  }

  /** The segments of the log with what is left of them. */
  compact(segments: readonly LogSegment[], stableOffset: number): LogSegment[] | null {
    if (!this.#config.isCompacted) return null
    const old = segments.slice(0, this.#cleanableSegments(segments, stableOffset))
    const dirty = old.reduce((sum, { baseOffset, count }) => sum + (baseOffset < this.#cleanBelow ? 0 : count), 0)
    if (dirty < Math.max(segmentRecords, this.#cleanRecords)) return null
    const left = this.#keep(old, lastOffsets(old))
    const rest = segments.slice(old.length)
    this.#cleanBelow = rest[0]?.baseOffset ?? this.#cleanBelow
    this.#cleanRecords = left.reduce((sum, { count }) => sum + count, 0)
    return [...left, ...rest]
  }

  #cleanableSegments(segments: readonly LogSegment[], stableOffset: number): number {
    const youngestMs = this.nowMs() - this.#config.minCompactionLagMs
    for (let index = 0; index < segments.length - 1; index++) {
      const { lastAppendMs } = segments[index]!
      if (lastAppendMs > youngestMs || segments[index + 1]!.baseOffset > stableOffset) return index
    }
    return segments.length - 1
  }

  #keep(old: readonly LogSegment[], last: ReadonlyMap<string, number>): LogSegment[] {
    const left: LogSegment[] = []
    for (const segment of old) {
      for (let index = 0; index < segment.count; index++) {
        const offset = segment.offsetAt(index)
        // Markers, aborted records and older ones are the last of no key.
        if (last.get(nameOf(segment.keys[index])) !== offset || this.#isForgotten(segment, index)) {
          this.#tombstonesUntilMs.delete(offset)
          continue
        }
        let target = left.at(-1)
        if (!target || target.count === segmentRecords) left.push((target = new LogSegment(offset)))
        target.append(segment.record(index), offset)
        target.lastAppendMs = segment.lastAppendMs
      }
    }
    return left
  }

  /** Whether this is a tombstone whose time is over. */
  #isForgotten(segment: LogSegment, index: number): boolean {
    if (segment.values[index] !== null) return false
    const [nowMs, offset] = [this.nowMs(), segment.offsetAt(index)]
    const untilMs = this.#tombstonesUntilMs.get(offset)
    if (untilMs === undefined) this.#tombstonesUntilMs.set(offset, nowMs + this.#config.deleteRetentionMs)
    return untilMs !== undefined && untilMs <= nowMs
  }
}

function lastOffsets(segments: readonly LogSegment[]): ReadonlyMap<string, number> {
  const last = new Map<string, number>()
  for (const segment of segments) {
    for (let index = 0; index < segment.count; index++) {
      if (segment.isMarked(index, 'record')) last.set(nameOf(segment.keys[index]), segment.offsetAt(index))
    }
  }
  return last
}

function nameOf(key: Buffer | null | undefined): string {
  return key?.toString('latin1') ?? ''
}
