import type { RecordHeaders, StoreChange } from '../ports/index.ts'

const timeHeader = 'millrace.time'
const retractionHeader = 'millrace.retraction'
const noHeaders: RecordHeaders = Object.freeze([])

/** What a changelog record says beside key and value: its time, where that is no part of either, and whether it takes back. */
export function changelogHeaders(change: StoreChange, carriesTime: boolean): RecordHeaders {
  // of a window, too: the time of a retraction is what it sets the observed time to
  if (!carriesTime && change.isRetraction !== true) return noHeaders
  const time = Buffer.allocUnsafe(8)
  time.writeBigInt64BE(BigInt(change.timestamp))
  const headers = [{ name: timeHeader, value: time }]
  return change.isRetraction === true ? [...headers, { name: retractionHeader, value: null }] : headers
}

/** Reads a changelog record as the change that it was written for. */
export function changelogChange(
  key: Buffer,
  value: Buffer | null,
  timestamp: number,
  headers: RecordHeaders,
): StoreChange {
  if (headers.length === 0) return { key, value, timestamp }
  const time = headers.find(({ name }) => name === timeHeader)?.value
  const change = { key, value, timestamp: time?.length === 8 ? Number(time.readBigInt64BE()) : timestamp }
  return headers.some(({ name }) => name === retractionHeader) ? { ...change, isRetraction: true } : change
}

/** Reads a record of a table's own topic as the change that it made of the table's store: time, then value. */
export function sourceChange(key: Buffer, value: Buffer | null, timestamp: number): StoreChange {
  if (value === null) return { key, value, timestamp }
  const stamped = Buffer.allocUnsafe(8 + value.length)
  stamped.writeBigInt64BE(BigInt(timestamp))
  value.copy(stamped, 8)
  return { key, value: stamped, timestamp }
}
