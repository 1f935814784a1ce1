import type { OutgoingRecord, RecordHeaders } from '../../ports/index.ts'

/** Records per segment: what is freed at once, and the most that one batch can hold. */
export const segmentRecords = 1_024

/** `marker`: the end of a transaction, never handed over. `aborted`: a record that its transaction has taken back. */
export type RecordMark = 'record' | 'marker' | 'aborted'

const markCodes: Readonly<Record<RecordMark, number>> = { record: 0, marker: 1, aborted: 2 }
const noHeaders: RecordHeaders = []

/**
 * A run of records in columns. Append-only, so a batch that points into it stays true while it grows. Its offsets have
 * no gaps unless a cleaner made it.
 */
export class LogSegment {
  readonly baseOffset: number
  readonly keys: (Buffer | null)[] = []
  readonly values: (Buffer | null)[] = []
  readonly timestamps: number[] = []
  readonly headers: RecordHeaders[] = []
  /** When the last record came in, by the server's clock; 0 where nobody asks for it. */
  lastAppendMs: number = 0
  /** Null: without gaps from `baseOffset` on. */
  #offsets: number[] | null = null
  /** Null: nothing but records. */
  #marks: Uint8Array | null = null

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset
  }

  get count(): number {
    return this.timestamps.length
  }

  get isPlain(): boolean {
    return this.#marks === null
  }

  /** `offset` is above all others. */
  append(record: OutgoingRecord, offset: number): void {
    if (this.#offsets !== null || offset !== this.baseOffset + this.count) {
      this.#offsets ??= this.keys.map((_, index) => this.baseOffset + index)
      this.#offsets.push(offset)
    }
    this.keys.push(record.key)
    this.values.push(record.value)
    this.timestamps.push(record.timestamp)
    this.headers.push(record.headers)
  }

  mark(index: number, mark: RecordMark): void {
    this.#marks ??= new Uint8Array(segmentRecords)
    this.#marks[index] = markCodes[mark]
  }

  isMarked(index: number, mark: RecordMark): boolean {
    return this.#marks === null ? mark === 'record' : this.#marks[index] === markCodes[mark]
  }

  offsetAt(index: number): number {
    return this.#offsets === null ? this.baseOffset + index : (this.#offsets[index] ?? -1)
  }

  /** The index of the first record at or above an offset; `count` where there is none. */
  indexFrom(offset: number): number {
    if (this.#offsets === null) return Math.min(Math.max(offset - this.baseOffset, 0), this.count)
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.offsetAt(middle) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  sizeBytes(index: number): number {
    return (this.keys[index]?.length ?? 0) + (this.values[index]?.length ?? 0)
  }

  record(index: number): OutgoingRecord {
    return {
      key: this.keys[index] ?? null,
      value: this.values[index] ?? null,
      timestamp: this.timestamps[index] ?? -1,
      headers: this.headers[index] ?? noHeaders,
    }
  }
}
