import type { RecordBatch, RecordHeaders } from '../../ports/index.ts'
import type { LogSegment } from './log-segment.ts'

const noHeaders: RecordHeaders = []

export interface SegmentBatchOptions {
  readonly topic: string
  readonly partition: number
  readonly segment: LogSegment
  /** Index in the segment of the first record. */
  readonly first: number
  readonly count: number
  /** Indexes in the segment of the records, where they do not simply follow `first`. */
  readonly indexes: readonly number[] | null
  readonly sizeBytes: number
  readonly nextOffset: number
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
  readonly #indexes: readonly number[] | null

  constructor(options: SegmentBatchOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.count = options.count
    this.sizeBytes = options.sizeBytes
    this.nextOffset = options.nextOffset
    this.highWatermark = options.highWatermark
    this.#segment = options.segment
    this.#first = options.first
    this.#indexes = options.indexes
  }

  offset(index: number): number {
    return this.#segment.offsetAt(this.#at(index))
  }

  timestamp(index: number): number {
    return this.#segment.timestamps[this.#at(index)] ?? -1
  }

  key(index: number): Buffer | null {
    return this.#segment.keys[this.#at(index)] ?? null
  }

  value(index: number): Buffer | null {
    return this.#segment.values[this.#at(index)] ?? null
  }

  headers(index: number): RecordHeaders {
    return this.#segment.headers[this.#at(index)] ?? noHeaders
  }

  #at(index: number): number {
    return this.#indexes === null ? this.#first + index : (this.#indexes[index] ?? -1)
  }
}
