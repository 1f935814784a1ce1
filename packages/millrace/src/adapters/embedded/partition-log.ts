import { StreamsError } from '../../errors/index.ts'
import type { OutgoingRecord, RecordBatch, TopicPartition } from '../../ports/index.ts'
import { LogSegment, SegmentBatch, segmentRecords } from './log-segment.ts'

/** The most that one batch holds; at least one record is always handed over. */
export interface BatchLimits {
  readonly maxBatchRecords: number
  readonly maxBatchBytes: number
}

/**
 * One partition: offsets `startOffset` to `endOffset` - 1, without gaps, in segments of equal size, so that an offset
 * is found by division. It keeps the buffers that it is given and copies nothing.
 */
export class PartitionLog implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** Called when records were added. */
  readonly readers: Set<() => void> = new Set()
  #segments: LogSegment[] = [new LogSegment(0)]
  #startOffset = 0
  #endOffset = 0

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get startOffset(): number {
    return this.#startOffset
  }

  get endOffset(): number {
    return this.#endOffset
  }

  /** How many records are held in memory: may be more than what can be read, by less than a segment. */
  get retainedRecords(): number {
    return this.#endOffset - (this.#segments[0]?.baseOffset ?? this.#endOffset)
  }

  /** Adds records; gives the offset of the first. */
  append(records: readonly OutgoingRecord[]): number {
    const baseOffset = this.#endOffset
    let segment = this.#segments.at(-1)
    for (const record of records) {
      if (!segment || segment.count === segmentRecords) {
        segment = new LogSegment(this.#endOffset)
        this.#segments.push(segment)
      }
      segment.append(record)
      this.#endOffset++
    }
    if (records.length > 0) for (const wake of this.readers) wake()
    return baseOffset
  }

  /** The records from `offset` on, as far as the limits and the segment go; null at the end of the log. */
  read(offset: number, limits: BatchLimits): RecordBatch | null {
    if (offset < this.#startOffset || offset > this.#endOffset) throw this.#outOfRange(offset)
    if (offset === this.#endOffset) return null
    const segment = this.#segmentOf(offset)
    if (!segment) return null
    const first = offset - segment.baseOffset
    const most = Math.min(segment.count - first, limits.maxBatchRecords)
    let [count, sizeBytes] = [0, 0]
    while (count < most) {
      const bytes = segment.sizeBytes(first + count)
      if (count > 0 && sizeBytes + bytes > limits.maxBatchBytes) break
      sizeBytes += bytes
      count++
    }
    const { topic, partition } = this
    return new SegmentBatch({ topic, partition, segment, first, count, sizeBytes, highWatermark: this.#endOffset })
  }

  /** Forgets whole segments below an offset; what shares a segment with it stays readable. */
  freeSegmentsBelow(offset: number): void {
    const first = this.#segments[0]
    if (!first) return
    const whole = Math.floor((Math.min(offset, this.#endOffset) - first.baseOffset) / segmentRecords)
    if (whole <= 0) return
    this.#segments = this.#segments.slice(whole)
    const { baseOffset } = this.#segments[0] ?? { baseOffset: this.#endOffset }
    if (this.#segments.length === 0) this.#segments.push(new LogSegment(baseOffset))
    this.#startOffset = Math.max(this.#startOffset, baseOffset)
  }

  /** Makes everything below an offset unreadable, as Kafka's DeleteRecords does. */
  deleteRecordsBelow(offset: number): void {
    if (offset > this.#endOffset) throw this.#outOfRange(offset)
    this.#startOffset = Math.max(this.#startOffset, offset)
    this.freeSegmentsBelow(offset)
  }

  #segmentOf(offset: number): LogSegment | undefined {
    const base = this.#segments[0]?.baseOffset ?? 0
    return this.#segments[Math.floor((offset - base) / segmentRecords)]
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
