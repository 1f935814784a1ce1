import type { RecordHeader, RecordHeaders } from '../ports/record.ts'
import { murmur2 } from '../serde/murmur2.ts'

/** Where a record of an internal topic comes from: what its writer was processing, and which of the results it is. */
export interface RecordOriginMark {
  /** The input of the writing task, see `writerOf`. */
  readonly partition: number
  readonly offset: number
  /** From 0: several records may come of one. */
  readonly index: number
}

/** A topic has fewer partitions than that. */
const partitions = 0x1_0000

/**
 * One input partition of a writer, as a number: 16 bits of the hash of its topic, 16 of the partition. A source that reads
 * another topic than before has offsets that have nothing to do with those seen.
 */
export function writerOf(topic: string, partition: number): number {
  return (murmur2(Buffer.from(topic)) & (partitions - 1)) * partitions + (partition % partitions)
}

/** Whether two writers read the same topic. */
export function isSameInput(one: number, other: number): boolean {
  return Math.floor(one / partitions) === Math.floor(other / partitions)
}

const headerName = 'millrace.origin'
const length = 14

/** 4 bytes partition, 6 bytes offset, 4 bytes index; big-endian. */
export function originHeader(partition: number, offset: number, index: number): RecordHeader {
  const value = Buffer.allocUnsafe(length)
  value.writeUInt32BE(partition, 0)
  value.writeUIntBE(offset, 4, 6)
  value.writeUInt32BE(index, 10)
  return { name: headerName, value }
}

/** The mark of the last writer; undefined where there is none. */
export function originMark(headers: RecordHeaders): RecordOriginMark | undefined {
  for (let at = headers.length - 1; at >= 0; at--) {
    const { name, value } = headers[at]!
    if (name !== headerName) continue
    if (value?.length !== length) return undefined
    return { partition: value.readUInt32BE(0), offset: value.readUIntBE(4, 6), index: value.readUInt32BE(10) }
  }
  return undefined
}

/** What goes on to users and other topics: without the mark. */
export function withoutOrigin(headers: RecordHeaders): RecordHeaders {
  return headers.some(({ name }) => name === headerName) ? headers.filter(({ name }) => name !== headerName) : headers
}
