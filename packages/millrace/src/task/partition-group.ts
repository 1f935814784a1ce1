import type { SourceReader } from '../processors/index.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { TimeHeap } from './time-heap.ts'

export interface PartitionInput {
  readonly queue: PartitionQueue
  readonly reader: SourceReader
}

/** An input, with the event time of its first record once that has been read. */
interface Head extends PartitionInput {
  at: number
  isRead: boolean
}

/**
 * The inputs of one task. With one input records go straight through; with several the first record of each is read
 * ahead, and the one with the smallest event time is next, each input strictly in offset order. As with Kafka Streams'
 * `max.task.idle.ms` of 0, an input that is known to have more, but has not brought it yet, is waited for (KIP-695);
 * producers are not.
 */
export class PartitionGroup {
  readonly #inputs: Head[] = []
  readonly #heads = new TimeHeap<Head>()

  constructor(inputs: readonly PartitionInput[]) {
    for (const input of inputs) this.add(input)
  }

  get inputs(): readonly PartitionInput[] {
    return this.#inputs
  }

  /** One more: a topic that came later. */
  add({ queue, reader }: PartitionInput): void {
    this.#inputs.push({ queue, reader, at: -1, isRead: false })
  }

  get records(): number {
    let records = 0
    for (const { queue } of this.#inputs) records += queue.records
    return records
  }

  get bytes(): number {
    let bytes = 0
    for (const { queue } of this.#inputs) bytes += queue.bytes
    return bytes
  }

  /** Whether what waits must go on waiting for an input that is behind. */
  get isWaiting(): boolean {
    return this.#inputs.length > 1 && this.#inputs.some(({ queue }) => queue.isBehind)
  }

  /** Sends up to `max` records through the chain; gives how many there were, with those that policies left out. */
  process(max: number): number {
    const [only, second] = this.#inputs
    if (only === undefined) return 0
    if (second !== undefined) return this.#processEarliest(max)
    let processed = 0
    while (processed < max && only.queue.records > 0) processed += only.queue.take(max - processed, only.reader.read)
    return processed
  }

  /** Reads the first record of every input that has one; gives how many were left out. Not for a single input. */
  readHeads(): number {
    let leftOut = 0
    for (const input of this.#inputs) if (!input.isRead) leftOut += this.#readHead(input)
    return leftOut
  }

  #processEarliest(max: number): number {
    let processed = 0
    while (processed < max) {
      processed += this.readHeads()
      if (processed >= max || this.#inputs.some(isBehind)) break
      const earliest = this.#heads.take()
      if (earliest === undefined) break
      earliest.isRead = false
      earliest.queue.pass(earliest.reader.take)
      processed += 1
      // none of the others has a record, or is about to get one: what this one has goes straight through
      if (this.#heads.first === undefined) processed += earliest.queue.take(max - processed, earliest.reader.read)
      processed += this.#readHead(earliest)
    }
    return processed
  }

  #readHead(input: Head): number {
    const { queue, reader } = input
    let leftOut = 0
    while (queue.records > 0) {
      const at = reader.peek(queue.headBatch, queue.headIndex)
      if (at !== undefined) {
        input.at = at
        input.isRead = true
        this.#heads.add(input)
        break
      }
      queue.pass(nothing)
      leftOut++
    }
    return leftOut
  }
}

function isBehind(input: PartitionInput): boolean {
  return input.queue.isBehind
}

function nothing(): void {}
