import type { KeyId } from './held-key.ts'

const numberBytes = 8
/** A change with its two buffers, and the record made of it, on their way to the changelog: measured with Node 20. */
const recordOverheadBytes = 300

/** About what a changed record takes in memory until it is committed. */
export function recordBytes(id: KeyId, held: unknown): number {
  const keyBytes = typeof id === 'string' ? id.length : numberBytes
  return recordOverheadBytes + keyBytes + (typeof held === 'string' ? held.length : numberBytes)
}
