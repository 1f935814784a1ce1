import { deserializeFailed } from './serde-error.ts'
import { fixedWidth } from './fixed-width.ts'
import type { Serde } from './serde.ts'

const upper = 2 ** 32

const int64 = fixedWidth({
  name: 'long',
  sizeBytes: 8,
  accepts: Number.isSafeInteger,
  range: 'an integer from -(2^53-1) to 2^53-1',
  write(buffer, value) {
    buffer.writeInt32BE(Math.floor(value / upper), 0)
    buffer.writeUInt32BE(value >>> 0, 4)
  },
  read(buffer, topic) {
    const value = buffer.readInt32BE(0) * upper + buffer.readUInt32BE(4)
    if (Number.isSafeInteger(value)) return value
    const what = `Cannot read as long: ${buffer.readBigInt64BE(0)} is not exact as a JS number`
    throw deserializeFailed(topic, what, 'Use bytes() and readBigInt64BE() where longs go beyond 2^53.')
  },
})

/** Integers within JS's safe range as 8 bytes, as Java's LongSerializer writes them. Larger ones are refused, not rounded. */
export function long(): Serde<number> {
  return int64
}
