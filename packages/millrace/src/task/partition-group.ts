import type { SourceReader } from '../processors/index.ts'
import type { PartitionQueue } from './partition-queue.ts'

export interface PartitionInput {
  readonly queue: PartitionQueue
  readonly read: SourceReader
}

/**
 * The inputs of one task. With one input records go straight through; with several the record with the smallest head
 * timestamp is next (KIP-353's choice among what is buffered), each input strictly in offset order.
 */
export class PartitionGroup {
  readonly inputs: readonly PartitionInput[]

  constructor(inputs: readonly PartitionInput[]) {
    this.inputs = inputs
  }

  get records(): number {
    let records = 0
    for (const { queue } of this.inputs) records += queue.records
    return records
  }

  get bytes(): number {
    let bytes = 0
    for (const { queue } of this.inputs) bytes += queue.bytes
    return bytes
  }

  /** Sends up to `max` records through the chain; gives how many there were. */
  process(max: number): number {
    const [only, second] = this.inputs
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
    for (const input of this.inputs) {
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
