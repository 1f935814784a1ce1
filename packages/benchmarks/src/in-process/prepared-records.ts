import type { RecordBatch } from 'millrace/ports'

const keyBytes = 8
const valueBytes = 8
const distinctValues = 1024

/** Which key and time the records of a topic have; the value of record `i` is `i % 1024`. */
export interface RecordPlan {
  readonly keys: number
  keyOf(index: number): number
  timestampOf(index: number): number
}

/** The value of a record. */
export function valueOf(index: number): number {
  return index % distinctValues
}

/**
 * The records of a topic, never as objects: keys (text) and values (doubles) are slices of two buffers that are filled
 * once, as those of a fetch are slices of the fetched bytes.
 */
export class PreparedRecords {
  readonly #topic: string
  readonly #plan: RecordPlan
  readonly #keys: Buffer
  readonly #values = Buffer.alloc(distinctValues * valueBytes)

  constructor(topic: string, plan: RecordPlan) {
    this.#topic = topic
    this.#plan = plan
    this.#keys = Buffer.alloc(plan.keys * keyBytes)
    for (let key = 0; key < plan.keys; key++) {
      this.#keys.write(String(key).padStart(keyBytes, '0'), key * keyBytes, 'latin1')
    }
    for (let value = 0; value < distinctValues; value++) this.#values.writeDoubleBE(value, value * valueBytes)
  }

  get topic(): string {
    return this.#topic
  }

  /** The records from `from` to before `to`, at these offsets. */
  batch(from: number, to: number): RecordBatch {
    const [plan, keys, values] = [this.#plan, this.#keys, this.#values]
    return {
      topic: this.#topic,
      partition: 0,
      count: to - from,
      sizeBytes: (to - from) * (keyBytes + valueBytes),
      nextOffset: to,
      highWatermark: to,
      offset: (index) => from + index,
      timestamp: (index) => plan.timestampOf(from + index),
      key: (index) => {
        const at = plan.keyOf(from + index) * keyBytes
        return keys.subarray(at, at + keyBytes)
      },
      value: (index) => {
        const at = valueOf(from + index) * valueBytes
        return values.subarray(at, at + valueBytes)
      },
      headers: () => noHeaders,
    }
  }
}

const noHeaders = Object.freeze([])
