import type { RecordBatch } from '../ports/record.ts'

/**
 * What one partition has delivered and its task has not yet taken, in offset order. Records below the position are
 * dropped on arrival, so a partition that is read again from its committed offset gives nothing twice.
 */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  #batches: RecordBatch[] = []
  /** Index of the next record in the first batch. */
  #head = 0
  #records = 0
  #bytes = 0
  #expected: number
  #position: number
  #highWatermark: number

  constructor(topic: string, partition: number, position: number) {
    this.topic = topic
    this.partition = partition
    this.#expected = position
    this.#position = position
    this.#highWatermark = position
  }

  /** The offset after the last record that was taken; what a commit may name once that is processed. */
  get position(): number {
    return this.#position
  }

  /** The offset that the next delivery should begin with. */
  get expected(): number {
    return this.#expected
  }

  /** Records in the log behind the position, as far as the last delivery knew. */
  get lagRecords(): number {
    return Math.max(0, this.#highWatermark - this.#position)
  }

  /** Records waiting. */
  get records(): number {
    return this.#records
  }

  /** Bytes waiting, roughly: a batch counts until it is done. */
  get bytes(): number {
    return this.#bytes
  }

  /** The timestamp of the next record; only while `records > 0`. */
  get headTimestamp(): number {
    return this.#batches[0]!.timestamp(this.#head)
  }

  enqueue(batch: RecordBatch): void {
    this.#highWatermark = batch.highWatermark
    if (batch.nextOffset <= this.#expected) return
    const from = firstAtOrAbove(batch, this.#expected)
    this.#expected = batch.nextOffset
    if (this.#batches.length === 0) this.#head = from
    else if (from > 0) throw new RangeError(`batches of ${this.topic}-${this.partition} overlap`)
    this.#batches.push(batch)
    this.#records += batch.count - from
    this.#bytes += batch.sizeBytes
    this.#skipEmpty()
  }

  /** Hands at most `max` records of the first batch to `read` and moves the position behind them. */
  take(max: number, read: (batch: RecordBatch, from: number, to: number) => void): number {
    const batch = this.#batches[0]
    if (batch === undefined) return 0
    const from = this.#head
    const to = Math.min(batch.count, from + max)
    this.#head = to
    this.#records -= to - from
    read(batch, from, to)
    this.#position = to < batch.count ? batch.offset(to) : batch.nextOffset
    this.#skipEmpty()
    return to - from
  }

  clear(): void {
    this.#batches = []
    this.#head = 0
    this.#records = 0
    this.#bytes = 0
  }

  #skipEmpty(): void {
    for (let batch = this.#batches[0]; batch !== undefined && this.#head >= batch.count; batch = this.#batches[0]) {
      this.#batches.shift()
      this.#bytes -= batch.sizeBytes
      this.#head = 0
      this.#position = batch.nextOffset
    }
  }
}

/** Binary search: offsets of a batch rise, with gaps where the log was compacted. */
function firstAtOrAbove(batch: RecordBatch, offset: number): number {
  let low = 0
  let high = batch.count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (batch.offset(middle) < offset) low = middle + 1
    else high = middle
  }
  return low
}
