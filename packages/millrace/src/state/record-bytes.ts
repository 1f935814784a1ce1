import type { KeyId } from './held-key.ts'

const numberBytes = 8
const recordOverheadBytes = 32

/** About what a record of a changelog takes. */
export function recordBytes(id: KeyId, held: unknown): number {
  const keyBytes = typeof id === 'string' ? id.length : numberBytes
  return recordOverheadBytes + keyBytes + (typeof held === 'string' ? held.length : numberBytes)
}
