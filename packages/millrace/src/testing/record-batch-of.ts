import type { RecordBatch, RecordHeaders } from '../ports/index.ts'

export interface BatchRecord {
  readonly offset: number
  readonly timestamp?: number
  readonly key?: string | null
  readonly value?: string | null
  readonly headers?: RecordHeaders
}

/** A batch as a transport would hand it over. `nextOffset` is the one after the last record unless given. */
export function recordBatchOf(
  topic: string,
  partition: number,
  records: readonly BatchRecord[],
  ends: { readonly nextOffset?: number; readonly highWatermark?: number } = {},
): RecordBatch {
  const nextOffset = ends.nextOffset ?? (records.at(-1)?.offset ?? -1) + 1
  return {
    topic,
    partition,
    count: records.length,
    sizeBytes: records.reduce((bytes, { key, value }) => bytes + (key?.length ?? 0) + (value?.length ?? 0), 0),
    nextOffset,
    highWatermark: ends.highWatermark ?? nextOffset,
    offset: (index) => records[index]!.offset,
    timestamp: (index) => records[index]!.timestamp ?? 0,
    key: (index) => bytesOf(records[index]!.key),
    value: (index) => bytesOf(records[index]!.value),
    headers: (index) => records[index]!.headers ?? [],
  }
}

function bytesOf(text: string | null | undefined): Buffer | null {
  return text === null || text === undefined ? null : Buffer.from(text)
}
