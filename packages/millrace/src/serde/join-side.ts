import { deserializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'
import { readTimeBytes, timeBytes, writeTimeBytes } from './time-bytes.ts'

/** Where a record waits that one side of a stream join brought and that has matched nothing yet. */
export interface JoinSideKey {
  /** ms */
  readonly timestamp: number
  readonly isLeft: boolean
  readonly key: unknown
}

/** Time, side (0 for right, 1 for left), key: bytes that sort in the order in which unmatched records are let go. */
export function joinSideKey(key: Serde<unknown>): Serde<JoinSideKey> {
  return {
    name: `joinSideKey(${key.name})`,
    serialize(one, topic) {
      // one allocation: every record without a match comes by here, and again when it finds one
      const written = key.serialize(one.key, topic)
      const bytes = Buffer.allocUnsafe(timeBytes + 1 + (written?.length ?? 0))
      writeTimeBytes(bytes, one.timestamp, 0)
      bytes[timeBytes] = one.isLeft ? 1 : 0
      written?.copy(bytes, timeBytes + 1)
      return bytes
    },
    deserialize(bytes, topic) {
      if (bytes.length <= timeBytes) throw unreadable(topic)
      return {
        timestamp: readTimeBytes(bytes, 0),
        isLeft: bytes[timeBytes] === 1,
        key: key.deserialize(bytes.subarray(timeBytes + 1), topic),
      }
    },
  }
}

/** The values of one side that wait at the same key and time, in the order of their arrival. */
export interface JoinSideValues {
  readonly isLeft: boolean
  readonly values: readonly unknown[]
}

/** The side, then each value behind its length (4 bytes). */
export function joinSideValues(left: Serde<unknown>, right: Serde<unknown>): Serde<JoinSideValues> {
  return {
    name: `joinSideValues(${left.name}, ${right.name})`,
    serialize({ isLeft, values }, topic) {
      const serde = isLeft ? left : right
      const parts: Buffer[] = [Buffer.from([isLeft ? 1 : 0])]
      for (const value of values) {
        const bytes = serde.serialize(value, topic) ?? Buffer.alloc(0)
        const length = Buffer.allocUnsafe(4)
        length.writeInt32BE(bytes.length, 0)
        parts.push(length, bytes)
      }
      return Buffer.concat(parts)
    },
    deserialize(bytes, topic) {
      const isLeft = bytes[0] === 1
      const serde = isLeft ? left : right
      const values: unknown[] = []
      for (let at = 1; at < bytes.length;) {
        if (at + 4 > bytes.length) throw unreadable(topic)
        const end = at + 4 + bytes.readInt32BE(at)
        values.push(serde.deserialize(bytes.subarray(at + 4, end), topic))
        at = end
      }
      return { isLeft, values }
    },
  }
}

function unreadable(topic: string): Error {
  return deserializeFailed(topic, 'Cannot read a waiting record of a join: too short', 'Do not write to changelogs.')
}
