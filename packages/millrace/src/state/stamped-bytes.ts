import { StreamsError } from '../errors/index.ts'
import { readTimeBytes, timeBytes, writeTimeBytes } from '../serde/time-bytes.ts'

/** A value with its time as Kafka Streams writes it: 8 bytes of timestamp, then the value. */
export function stampedBytes(timestamp: number, value: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(timeBytes + value.length)
  writeTimeBytes(bytes, timestamp, 0)
  value.copy(bytes, timeBytes)
  return bytes
}

export function stampOf(bytes: Buffer, storeName: string): number {
  if (bytes.length >= timeBytes) return readTimeBytes(bytes, 0)
  throw tooShort(`${bytes.length} bytes cannot hold a value with its time`, storeName)
}

export function unstamped(bytes: Buffer): Buffer {
  return bytes.subarray(timeBytes)
}

export function tooShort(what: string, storeName: string): StreamsError {
  return new StreamsError({
    code: 'DESERIALIZE_FAILED',
    what: `Cannot read a changelog record: ${what}`,
    hint: 'The changelog was written by a store of another kind; give this store another name, or reset the app.',
    storeName,
  })
}
