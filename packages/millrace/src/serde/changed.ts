import { deserializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'

/** An update of a table on its way to another task: what a group gains and what it loses. */
export interface Changed<V> {
  readonly newValue: V | null
  readonly oldValue: V | null
}

const hasNew = 1
const hasOld = 2

/**
 * Table updates in internal topics: a byte that says what is there, the length of the new value (4 bytes, big endian)
 * where both are, then new and old. Of Millrace's own: internal topics are not shared with other programs.
 */
export function changed<V>(serde: Serde<V>): Serde<Changed<V>> {
  return {
    name: `changed(${serde.name})`,
    serialize({ newValue, oldValue }, topic) {
      const added = newValue === null ? null : serde.serialize(newValue, topic)
      const removed = oldValue === null ? null : serde.serialize(oldValue, topic)
      const flags = (added === null ? 0 : hasNew) | (removed === null ? 0 : hasOld)
      const head = Buffer.alloc(5)
      head[0] = flags
      head.writeInt32BE(added?.length ?? 0, 1)
      return Buffer.concat([head, ...(added === null ? [] : [added]), ...(removed === null ? [] : [removed])])
    },
    deserialize(bytes, topic) {
      const flags = bytes[0]
      if (flags === undefined || bytes.length < 5) {
        throw deserializeFailed(topic, 'Cannot read a table update: too short', 'Do not write to internal topics.')
      }
      const end = 5 + bytes.readInt32BE(1)
      return {
        newValue: (flags & hasNew) === 0 ? null : serde.deserialize(bytes.subarray(5, end), topic),
        oldValue: (flags & hasOld) === 0 ? null : serde.deserialize(bytes.subarray(end), topic),
      }
    },
  }
}
