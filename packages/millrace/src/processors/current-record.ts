import type { RecordBatch, RecordHeaders, RecordOrigin } from '../ports/record.ts'
import { withoutOrigin } from './origin-header.ts'

/**
 * The record that a task is working on: a cursor into its batch, so that carrying headers and origin through a chain
 * costs nothing per record. One per task; read it while processing, copy what outlives that.
 */
export class CurrentRecord {
  batch: RecordBatch = noBatch
  index = -1
  /** Whether the task reads internal topics too: the mark in their headers is nobody's business. */
  isInternal = false
  /** The headers that a processor has given the record; undefined for its own. Keep them with `batch` and `index`. */
  given: RecordHeaders | undefined

  get topic(): string {
    return this.batch.topic
  }

  get partition(): number {
    return this.batch.partition
  }

  get offset(): number {
    return this.index < 0 ? -1 : this.batch.offset(this.index)
  }

  get headers(): RecordHeaders {
    if (this.given !== undefined) return this.given
    if (this.index < 0) return noHeaders
    const headers = this.batch.headers(this.index)
    return this.isInternal ? withoutOrigin(headers) : headers
  }

  get rawKey(): Buffer | null {
    return this.index < 0 ? null : this.batch.key(this.index)
  }

  get rawValue(): Buffer | null {
    return this.index < 0 ? null : this.batch.value(this.index)
  }

  /** A copy that stays as it is. */
  origin(): RecordOrigin {
    return { topic: this.topic, partition: this.partition, offset: this.offset }
  }

  at(batch: RecordBatch, index: number, given?: RecordHeaders): void {
    this.batch = batch
    this.index = index
    this.given = given
  }

  /** The same record with other headers. */
  withHeaders(headers: RecordHeaders): void {
    this.given = headers
  }

  /** No record: in a scheduled callback. */
  clear(): void {
    this.at(noBatch, -1)
  }
}

const noHeaders: RecordHeaders = Object.freeze([])

const noBatch: RecordBatch = Object.freeze({
  topic: '',
  partition: -1,
  count: 0,
  sizeBytes: 0,
  nextOffset: -1,
  highWatermark: -1,
  offset: () => -1,
  timestamp: () => -1,
  key: () => null,
  value: () => null,
  headers: () => noHeaders,
})
