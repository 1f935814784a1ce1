import type { OutgoingRecord, RecordBatch, RecordHeaders } from '../../ports/index.ts'

/** Records per segment: what is freed at once, and the most that one batch can hold. */
export const segmentRecords = 1_024

const noHeaders: RecordHeaders = []

/** A run of records in columns. Append-only, so a batch that points into it stays true while it grows. */
export class LogSegment {
  readonly baseOffset: number
  readonly keys: (Buffer | null)[] = []
  readonly values: (Buffer | null)[] = []
  readonly timestamps: number[] = []
  readonly headers: RecordHeaders[] = []

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset
  }

  get count(): number {
    return this.timestamps.length
  }

  append(record: OutgoingRecord): void {
    this.keys.push(record.key)
    this.values.push(record.value)
    this.timestamps.push(record.timestamp)
    this.headers.push(record.headers)
  }

  sizeBytes(index: number): number {
    return (this.keys[index]?.length ?? 0) + (this.values[index]?.length ?? 0)
  }
}

export interface SegmentBatchOptions {
  readonly topic: string
  readonly partition: number
  readonly segment: LogSegment
  /** Index in the segment of the first record. */
  readonly first: number
  readonly count: number
  readonly sizeBytes: number
  readonly highWatermark: number
}

/** A cursor over a part of one segment. Keeps that segment in memory, and nothing else. */
export class SegmentBatch implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly count: number
  readonly sizeBytes: number
  readonly nextOffset: number
  readonly highWatermark: number
  readonly #segment: LogSegment
  readonly #first: number

  constructor(options: SegmentBatchOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.count = options.count
    this.sizeBytes = options.sizeBytes
    this.highWatermark = options.highWatermark
    this.nextOffset = options.segment.baseOffset + options.first + options.count
    this.#segment = options.segment
    this.#first = options.first
  }

  offset(index: number): number {
    return this.#segment.baseOffset + this.#first + index
  }

  timestamp(index: number): number {
    return this.#segment.timestamps[this.#first + index] ?? -1
  }

  key(index: number): Buffer | null {
    return this.#segment.keys[this.#first + index] ?? null
  }

  value(index: number): Buffer | null {
    return this.#segment.values[this.#first + index] ?? null
  }

  headers(index: number): RecordHeaders {
    return this.#segment.headers[this.#first + index] ?? noHeaders
  }
}
