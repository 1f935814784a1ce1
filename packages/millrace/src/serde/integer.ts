import { fixedWidth } from './fixed-width.ts'
import type { Serde } from './serde.ts'

const int32 = fixedWidth({
  name: 'integer',
  sizeBytes: 4,
  accepts: (value) => (value | 0) === value,
  range: 'an integer of 32 bits',
  write: (buffer, value) => buffer.writeInt32BE(value),
  read: (buffer) => buffer.readInt32BE(0),
})

/** Integers from -2^31 to 2^31-1 as 4 bytes, as Java's IntegerSerializer writes them. */
export function integer(): Serde<number> {
  return int32
}
