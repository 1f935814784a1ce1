import { StreamsError } from '../errors/index.ts'
import type { Serde } from '../serde/index.ts'

/**
 * What `to()` writes with when no serde is given: bytes as they are, text as UTF-8; other values as JSON, other keys
 * not at all (the compiler asks for a serde then).
 */
export function defaultSerde(part: 'key' | 'value'): Serde<unknown> {
  return {
    name: part === 'key' ? 'text' : 'json',
    serialize(value) {
      if (Buffer.isBuffer(value)) return value
      if (part === 'value') return Buffer.from(JSON.stringify(value))
      if (typeof value === 'string') return Buffer.from(value)
      throw new StreamsError({
        code: 'SERIALIZE_FAILED',
        what: `A key of type ${typeof value} has no default serde`,
        hint: 'Give to() a `key` serde, e.g. { key: long() }.',
      })
    },
    deserialize: (data) => (part === 'key' ? data.toString('utf8') : jsonOrBytes(data)),
  }
}

/** For tests and tools that read an output back: what was written as JSON, or else the bytes. */
function jsonOrBytes(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8')) as unknown
  } catch {
    return data
  }
}
