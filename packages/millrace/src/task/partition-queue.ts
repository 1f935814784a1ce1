import type { RecordBatch } from '../ports/record.ts'

interface Waiting {
  readonly batch: RecordBatch
  /** Index of the next record. */
  head: number
}

/**
 * What one partition has delivered and its task has not yet taken, in offset order. Records below the position are
 * dropped on arrival, so a partition that is read again from its committed offset gives nothing twice.
 */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  #batches: Waiting[] = []
  #records = 0
  #bytes = 0
  #expected: number
  #position: number
  #highWatermark: number

  /** `end` is where the log is known to end; absent: at the position. */
  constructor(topic: string, partition: number, position: number, end: number = position) {
    this.topic = topic
    this.partition = partition
    this.#expected = position
    this.#position = position
    this.#highWatermark = end
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

  /** Whether the log has records that have not come yet, and none that wait. */
  get isBehind(): boolean {
    return this.#records === 0 && this.#highWatermark > this.#position
  }

  /** Records waiting. */
  get records(): number {
    return this.#records
  }

  /** Bytes waiting, roughly: a batch counts until it is done. */
  get bytes(): number {
    return this.#bytes
  }

  /** Where the next record stands; only while `records > 0`. */
  get headBatch(): RecordBatch {
    return this.#batches[0]!.batch
  }

  /** Of the next record in `headBatch`; only while `records > 0`. */
  get headIndex(): number {
    return this.#batches[0]!.head
  }

  enqueue(batch: RecordBatch): void {
    this.#highWatermark = batch.highWatermark
    if (batch.nextOffset <= this.#expected) return
    const head = firstAtOrAbove(batch, this.#expected)
    this.#expected = batch.nextOffset
    this.#batches.push({ batch, head })
    this.#records += batch.count - head
    this.#bytes += batch.sizeBytes
    this.#skipEmpty()
  }

  /** Hands at most `max` records of the first batch to `read` and moves the position behind them. */
  take(max: number, read: (batch: RecordBatch, from: number, to: number) => void): number {
    const first = this.#batches[0]
    if (first === undefined) return 0
    const { batch, head } = first
    const to = Math.min(batch.count, head + max)
    first.head = to
    this.#records -= to - head
    read(batch, head, to)
    this.#moveTo(batch, to)
    return to - head
  }

  /** Goes past the next record, which `use` works on, and moves the position behind it. */
  pass(use: () => void): void {
    const first = this.#batches[0]!
    const to = ++first.head
    this.#records--
    use()
    this.#moveTo(first.batch, to)
  }

  clear(): void {
    this.#batches = []
    this.#records = 0
    this.#bytes = 0
  }

  #moveTo(batch: RecordBatch, index: number): void {
    this.#position = index < batch.count ? batch.offset(index) : batch.nextOffset
    this.#skipEmpty()
  }

  #skipEmpty(): void {
    for (
      let first = this.#batches[0];
      first !== undefined && first.head >= first.batch.count;
      first = this.#batches[0]
    ) {
      this.#batches.shift()
      this.#bytes -= first.batch.sizeBytes
      this.#position = first.batch.nextOffset
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
