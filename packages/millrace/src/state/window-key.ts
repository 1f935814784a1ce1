import { readTimeBytes, writeTimeBytes } from '../serde/time-bytes.ts'
import { tooShort } from './stamped-bytes.ts'

const windowSuffixBytes = 12
const sessionSuffixBytes = 16

/** The changelog key of a window: key, 8 bytes of start, 4 of sequence number. */
export function windowKeyBytes(key: Buffer, start: number, sequence: number): Buffer {
  const bytes = Buffer.allocUnsafe(key.length + windowSuffixBytes)
  key.copy(bytes)
  writeTimeBytes(bytes, start, key.length)
  bytes.writeInt32BE(sequence, key.length + 8)
  return bytes
}

export function windowKeyParts(
  bytes: Buffer,
  storeName: string,
): { readonly key: Buffer; readonly start: number; readonly sequence: number } {
  const at = bytes.length - windowSuffixBytes
  if (at < 0) throw tooShort(`${bytes.length} bytes cannot hold the key of a window`, storeName)
  return { key: bytes.subarray(0, at), start: readTimeBytes(bytes, at), sequence: bytes.readInt32BE(at + 8) }
}

/** The changelog key of a session: key, 8 bytes of end, 8 of start. */
export function sessionKeyBytes(key: Buffer, end: number, start: number): Buffer {
  const bytes = Buffer.allocUnsafe(key.length + sessionSuffixBytes)
  key.copy(bytes)
  writeTimeBytes(bytes, end, key.length)
  writeTimeBytes(bytes, start, key.length + 8)
  return bytes
}

export function sessionKeyParts(
  bytes: Buffer,
  storeName: string,
): { readonly key: Buffer; readonly end: number; readonly start: number } {
  const at = bytes.length - sessionSuffixBytes
  if (at < 0) throw tooShort(`${bytes.length} bytes cannot hold the key of a session`, storeName)
  return { key: bytes.subarray(0, at), end: readTimeBytes(bytes, at), start: readTimeBytes(bytes, at + 8) }
}
