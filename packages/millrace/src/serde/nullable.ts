import type { Serde } from './serde.ts'

/** The same serde where the type says that there may be no value: null is written as null, which Kafka calls a tombstone. */
export function nullable<T>(serde: Serde<T>): Serde<T | null> {
  return {
    name: `nullable ${serde.name}`,
    serialize: (value, topic) => (value === null ? null : serde.serialize(value, topic)),
    deserialize: (bytes, topic) => serde.deserialize(bytes, topic),
  }
}
