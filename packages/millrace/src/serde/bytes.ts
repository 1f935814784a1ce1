import { serializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'

const asTheyAre: Serde<Buffer> = {
  name: 'bytes',
  serialize(value, topic) {
    if (!Buffer.isBuffer(value)) {
      throw serializeFailed(topic, 'Cannot write as bytes: not a Buffer', 'Hand over a Buffer, or use another serde.')
    }
    return value
  },
  deserialize: (bytes) => bytes,
}

/** Bytes as they are, without a copy: a Buffer that is kept keeps the whole fetch it came in; copy it with Buffer.from. */
export function bytes(): Serde<Buffer> {
  return asTheyAre
}
