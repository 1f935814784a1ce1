import type { RecordBatch, RecordHeader, RecordHeaders } from '../../ports/index.ts'
import type { FetchedBatchOptions } from './fetched-batch.ts'
import type { DriverMessage } from './fetch-response.ts'

const noHeaders: RecordHeaders = Object.freeze([])

/** A cursor over records that kafkajs has decoded: of brokers older than 2.3, or written before Kafka 0.11. */
export class MessageBatch implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
  readonly highWatermark: number
  readonly sizeBytes: number
  readonly #messages: readonly DriverMessage[]

  constructor(messages: readonly DriverMessage[], options: FetchedBatchOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.nextOffset = options.nextOffset
    this.highWatermark = options.highWatermark
    this.#messages = messages.filter(
      ({ offset, isControlRecord }) => !isControlRecord && Number(offset) >= options.fromOffset,
    )
    this.sizeBytes = this.#messages.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
  }

  get count(): number {
    return this.#messages.length
  }

  offset(index: number): number {
    return Number(this.#messages[index]!.offset)
  }

  timestamp(index: number): number {
    return Number(this.#messages[index]!.timestamp)
  }

  key(index: number): Buffer | null {
    return this.#messages[index]!.key
  }

  value(index: number): Buffer | null {
    return this.#messages[index]!.value
  }

  headers(index: number): RecordHeaders {
    const { headers } = this.#messages[index]!
    if (!headers) return noHeaders
    return Object.entries(headers).flatMap(([name, value]): RecordHeader[] =>
      isList(value) ? value.map((each) => ({ name, value: each })) : [{ name, value }],
    )
  }
}

function isList(value: Buffer | null | readonly (Buffer | null)[]): value is readonly (Buffer | null)[] {
  return Array.isArray(value)
}
