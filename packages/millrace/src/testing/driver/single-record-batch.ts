import type { RecordBatch, RecordHeaders } from '../../ports/record.ts'

/** A batch of one record, as a test sends it. */
export function singleRecordBatch(record: {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: RecordHeaders
}): RecordBatch {
  return {
    topic: record.topic,
    partition: record.partition,
    count: 1,
    sizeBytes: (record.key?.length ?? 0) + (record.value?.length ?? 0),
    nextOffset: record.offset + 1,
    highWatermark: record.offset + 1,
    offset: () => record.offset,
    timestamp: () => record.timestamp,
    key: () => record.key,
    value: () => record.value,
    headers: () => record.headers,
  }
}
