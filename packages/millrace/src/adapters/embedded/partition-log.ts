import { StreamsError } from '../../errors/index.ts'
import type { ConsumerOptions, OutgoingRecord, RecordBatch, TopicPartition } from '../../ports/index.ts'
import type { LogCleaner } from './log-cleaner.ts'
import { LogSegment, segmentRecords } from './log-segment.ts'
import { SegmentBatch } from './segment-batch.ts'

/** The most that one batch holds; at least one record is always handed over. */
export interface BatchLimits {
  readonly maxBatchRecords: number
  readonly maxBatchBytes: number
}

export type Isolation = ConsumerOptions['isolation']

/** Stands for a transaction in the logs that it writes to. */
export type TransactionToken = object

interface OpenTransaction {
  readonly firstOffset: number
  readonly runs: { readonly offset: number; readonly count: number }[]
}

/**
 * One partition: offsets `startOffset` to `endOffset` - 1, in segments. Compaction leaves gaps, and each end of a
 * transaction takes an offset. It keeps the buffers that it is given and copies nothing. The last segment always has
 * room.
 */
export class PartitionLog implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** Called when there may be more to read, or nothing any more because the topic was deleted. */
  readonly readers: Set<() => void> = new Set()
  readonly #cleaner: LogCleaner | null
  /** In the order of their first offsets. */
  readonly #open = new Map<TransactionToken, OpenTransaction>()
  #segments: LogSegment[] = [new LogSegment(0)]
  #startOffset = 0
  #endOffset = 0

  constructor(topic: string, partition: number, cleaner: LogCleaner | null = null) {
    this.topic = topic
    this.partition = partition
    this.#cleaner = cleaner
  }

  get startOffset(): number {
    return this.#startOffset
  }

  get endOffset(): number {
    return this.#endOffset
  }

  /** Below every transaction that is open. */
  get stableOffset(): number {
    const [first] = this.#open.values()
    return first?.firstOffset ?? this.#endOffset
  }

  /** How many records are held in memory: may be more than what can be read, by less than a segment. */
  get retainedRecords(): number {
    return this.#segments.reduce((sum, { count }) => sum + count, 0)
  }

  /** Where reading ends for now. */
  readableEnd(isolation: Isolation): number {
    return isolation === 'read_committed' ? this.stableOffset : this.#endOffset
  }

  /** Adds records; gives the offset of the first. */
  append(records: readonly OutgoingRecord[], transaction?: TransactionToken): number {
    const baseOffset = this.#endOffset
    if (records.length === 0) return baseOffset
    if (transaction) this.#runsOf(transaction).push({ offset: baseOffset, count: records.length })
    let segment = this.#lastSegment
    for (const record of records) {
      segment.append(record, this.#endOffset++)
      if (segment.count === segmentRecords) segment = this.#roll(segment)
    }
    segment.lastAppendMs = this.#cleaner?.nowMs() ?? 0
    for (const wake of this.readers) wake()
    return baseOffset
  }

  /** Ends what the transaction wrote here, with a marker that takes an offset. */
  endTransaction(transaction: TransactionToken, outcome: 'commit' | 'abort'): void {
    const { runs } = this.#open.get(transaction) ?? { runs: [] }
    if (outcome === 'abort') for (const { offset, count } of runs) this.#markAborted(offset, offset + count)
    this.#lastSegment.mark(this.#lastSegment.count, 'marker')
    this.#open.delete(transaction)
    this.append([{ key: null, value: null, timestamp: -1, headers: [] }])
  }

  /**
   * The records from `offset` on, as far as the limits and the segment go; null at the end of what can be read. May be
   * empty where there are only records that nobody shall see. Throws OFFSET_OUT_OF_RANGE.
   */
  read(offset: number, limits: BatchLimits, isolation: Isolation = 'read_uncommitted'): RecordBatch | null {
    if (offset < this.#startOffset || offset > this.#endOffset) throw this.#outOfRange(offset)
    const end = this.readableEnd(isolation)
    if (offset >= end) return null
    let position = this.#segmentIndex(offset)
    let first = this.#segments[position]!.indexFrom(offset)
    while (first === this.#segments[position]!.count && position + 1 < this.#segments.length) {
      position++
      first = 0
    }
    const segment = this.#segments[position]!
    const indexes: number[] | null = segment.isPlain ? null : []
    const last = segment.indexFrom(end)
    let [index, count, sizeBytes] = [first, 0, 0]
    for (; index < last && count < limits.maxBatchRecords; index++) {
      if (indexes && isHidden(segment, index, isolation)) continue
      const bytes = segment.sizeBytes(index)
      if (count > 0 && sizeBytes + bytes > limits.maxBatchBytes) break
      sizeBytes += bytes
      count++
      indexes?.push(index)
    }
    const following = index < segment.count ? segment.offsetAt(index) : this.#segments[position + 1]?.baseOffset
    const [nextOffset, highWatermark] = [Math.min(following ?? end, end), this.#endOffset]
    const { topic, partition } = this
    return new SegmentBatch({ topic, partition, segment, first, count, indexes, sizeBytes, nextOffset, highWatermark })
  }

  /** Forgets whole segments below an offset; what shares a segment with it stays readable. */
  freeSegmentsBelow(offset: number): void {
    const kept = this.#segmentIndex(offset)
    if (kept === 0) return
    this.#segments = this.#segments.slice(kept)
    this.#startOffset = Math.max(this.#startOffset, this.#segments[0]!.baseOffset)
  }

  /** Makes everything below an offset unreadable, as Kafka's DeleteRecords does. */
  deleteRecordsBelow(offset: number): void {
    if (offset > this.#endOffset) throw this.#outOfRange(offset)
    this.#startOffset = Math.max(this.#startOffset, offset)
    this.freeSegmentsBelow(offset)
  }

  get #lastSegment(): LogSegment {
    return this.#segments.at(-1)!
  }

  /** Ends the last segment, which is full, and gives the next; the time to look for what can go. */
  #roll(full: LogSegment): LogSegment {
    const next = new LogSegment(this.#endOffset)
    this.#segments.push(next)
    if (!this.#cleaner) return next
    full.lastAppendMs = this.#cleaner.nowMs()
    this.deleteRecordsBelow(this.#cleaner.expiredBelow(this.#segments))
    this.#segments = this.#cleaner.compact(this.#segments, this.stableOffset) ?? this.#segments
    return next
  }

  #runsOf(transaction: TransactionToken): OpenTransaction['runs'] {
    let open = this.#open.get(transaction)
    if (!open) this.#open.set(transaction, (open = { firstOffset: this.#endOffset, runs: [] }))
    return open.runs
  }

  #markAborted(from: number, below: number): void {
    for (let position = this.#segmentIndex(from); position < this.#segments.length; position++) {
      const segment = this.#segments[position]!
      if (segment.baseOffset >= below) return
      const end = segment.indexFrom(below)
      for (let index = segment.indexFrom(from); index < end; index++) segment.mark(index, 'aborted')
    }
  }

  /** The last segment that begins at or below the offset; the first where none does. */
  #segmentIndex(offset: number): number {
    let [low, high] = [0, this.#segments.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#segments[middle]!.baseOffset <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  #outOfRange(offset: number): StreamsError {
    return new StreamsError({
      code: 'OFFSET_OUT_OF_RANGE',
      what: `The log holds the offsets from ${this.#startOffset} to ${this.#endOffset - 1}`,
      hint: 'Start at the earliest offset or keep records longer.',
      topic: this.topic,
      partition: this.partition,
      offset,
    })
  }
}

function isHidden(segment: LogSegment, index: number, isolation: Isolation): boolean {
  if (segment.isMarked(index, 'record')) return false
  return isolation === 'read_committed' || segment.isMarked(index, 'marker')
}
