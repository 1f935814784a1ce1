import { StreamsError } from '../errors/index.ts'

const stampBytes = 8
const upper = 2 ** 32

/** A value with its time as Kafka Streams writes it: 8 bytes of timestamp, then the value. */
export function stampedBytes(timestamp: number, value: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(stampBytes + value.length)
  writeTime(bytes, timestamp, 0)
  value.copy(bytes, stampBytes)
  return bytes
}

export function stampOf(bytes: Buffer, storeName: string): number {
  if (bytes.length >= stampBytes) return readTime(bytes, 0)
  throw tooShort(`${bytes.length} bytes cannot hold a value with its time`, storeName)
}

export function unstamped(bytes: Buffer): Buffer {
  return bytes.subarray(stampBytes)
}

/** Eight bytes, big-endian, two's complement. */
export function writeTime(bytes: Buffer, time: number, at: number): void {
  bytes.writeInt32BE(Math.floor(time / upper), at)
  bytes.writeUInt32BE(time >>> 0, at + 4)
}

export function readTime(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * upper + bytes.readUInt32BE(at + 4)
}

export function tooShort(what: string, storeName: string): StreamsError {
  return new StreamsError({
    code: 'DESERIALIZE_FAILED',
    what: `Cannot read a changelog record: ${what}`,
    hint: 'The changelog was written by a store of another kind; give this store another name, or reset the app.',
    storeName,
  })
}
