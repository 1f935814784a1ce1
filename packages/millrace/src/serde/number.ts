import { fixedWidth } from './fixed-width.ts'
import type { Serde } from './serde.ts'

const double = fixedWidth({
  name: 'number',
  sizeBytes: 8,
  accepts: () => true,
  range: 'a number',
  write: (buffer, value) => buffer.writeDoubleBE(value),
  read: (buffer) => buffer.readDoubleBE(0),
})

/** Any JS number as 8 bytes, as Java's DoubleSerializer writes it. */
export function number(): Serde<number> {
  return double
}
