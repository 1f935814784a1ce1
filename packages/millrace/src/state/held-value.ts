import { integer } from '../serde/integer.ts'
import { long } from '../serde/long.ts'
import { number } from '../serde/number.ts'
import type { Serde } from '../serde/serde.ts'
import { string } from '../serde/string.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'

/** How a store holds its values. Something held is never undefined and never an object that a user has in hand. */
export interface HeldValue<V> {
  /** undefined when the serde writes a tombstone. Throws SERIALIZE_FAILED. */
  hold(value: V): unknown
  read(held: unknown): V
  toBytes(held: unknown): Buffer
  fromBytes(bytes: Buffer): unknown
}

/**
 * What the scalar serdes write they give back exactly, so counts and texts are held as they are and cost no
 * serialising. Everything else is held as the bytes that its serde writes.
 */
export function heldValue<V>(serde: Serde<V>, storeName: string): HeldValue<V> {
  const topic = `${storeName}-changelog`
  const isExact = exactness.get(serde)
  return isExact === undefined ? serialised(serde, topic) : asItIs(serde, topic, isExact)
}

const exactness = new Map<unknown, (value: unknown) => boolean>([
  [string(), (value) => typeof value === 'string' && (value as string & { isWellFormed(): boolean }).isWellFormed()],
  [number(), (value) => typeof value === 'number'],
  [integer(), (value) => typeof value === 'number' && (value | 0) === value],
  [long(), Number.isSafeInteger],
])

function asItIs<V>(serde: Serde<V>, topic: string, isExact: (value: unknown) => boolean): HeldValue<V> {
  const isInteger = serde === (integer() as unknown) || serde === (long() as unknown)
  return {
    hold(value) {
      // Adding 0 makes -0 the 0 that integers are written as.
      if (isExact(value)) return isInteger ? (value as number) + 0 : value
      return serde.serialize(value, topic) ?? undefined
    },
    read: (held) => held as V,
    toBytes: (held) => serde.serialize(held as V, topic) as Buffer,
    fromBytes: (bytes) => serde.deserialize(bytes, topic),
  }
}

function serialised<V>(serde: Serde<V>, topic: string): HeldValue<V> {
  return {
    hold(value) {
      const written = serde.serialize(value, topic)
      return written === null ? undefined : latin1Of(written)
    },
    read: (held) => serde.deserialize(bytesOf(held as string), topic),
    toBytes: (held) => bytesOf(held as string),
    fromBytes: latin1Of,
  }
}
