import type { SourceReader } from '../processors/index.ts'
import type { PartitionQueue } from './partition-queue.ts'

export interface PartitionInput {
  readonly queue: PartitionQueue
  readonly read: SourceReader
}

/**
 * The inputs of one task. With one input records go straight through; with several the record with the smallest head
 * timestamp is next, each input strictly in offset order. As with Kafka Streams' `max.task.idle.ms` of 0, an input that
 * is known to have more, but has not brought it yet, is waited for (KIP-695); producers are not.
 */
export class PartitionGroup {
  readonly #inputs: PartitionInput[]

  constructor(inputs: readonly PartitionInput[]) {
    this.#inputs = [...inputs]
  }

  get inputs(): readonly PartitionInput[] {
    return this.#inputs
  }

  add(input: PartitionInput): void {
    this.#inputs.push(input)
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

  /** Sends up to `max` records through the chain; gives how many there were. */
  process(max: number): number {
    const [only, second] = this.#inputs
    if (only === undefined) return 0
    let processed = 0
    while (processed < max) {
      const input = second === undefined ? only : this.#earliest()
      if (input === undefined || input.queue.records === 0) break
      processed += input.queue.take(second === undefined ? max - processed : 1, input.read)
    }
    return processed
  }

  #earliest(): PartitionInput | undefined {
    let earliest: PartitionInput | undefined
    let smallest = Infinity
    for (const input of this.#inputs) {
      if (input.queue.isBehind) return undefined
      if (input.queue.records === 0) continue
      const timestamp = input.queue.headTimestamp
      if (earliest === undefined || timestamp < smallest) {
        earliest = input
        smallest = timestamp
      }
    }
    return earliest
  }
}
