import type { Windowed } from '../ports/state-store.ts'
import type { Serde } from '../serde/serde.ts'

/** What tells a key from others in a map, and what it takes of a bounded cache. */
export interface KeyIdentity {
  readonly id: string
  readonly bytes: number
}

/** Besides key and value, as Kafka Streams reckons: node, context of the record, flags. */
const entryBytes = 64

/** By serialised key, byte for byte. */
export function keyIdentity(keySerde: Serde<unknown>, topic: string): (key: unknown) => KeyIdentity {
  return (key) => {
    const bytes = keySerde.serialize(key, topic)
    return { id: bytes?.toString('latin1') ?? '', bytes: (bytes?.length ?? 0) + entryBytes }
  }
}

/** The same for keys with a window, given the serde of the keys inside. */
export function windowedKeyIdentity(keySerde: Serde<unknown>, topic: string): (key: unknown) => KeyIdentity {
  const inner = keyIdentity(keySerde, topic)
  return (windowed) => {
    const { key, window } = windowed as Windowed<unknown>
    const { id, bytes } = inner(key)
    return { id: `${window.start}/${window.end} ${id}`, bytes: bytes + 16 }
  }
}
