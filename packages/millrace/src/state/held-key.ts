import { StreamsError } from '../errors/index.ts'
import { integer } from '../serde/integer.ts'
import { long } from '../serde/long.ts'
import { number } from '../serde/number.ts'
import type { Serde } from '../serde/serde.ts'
import { string } from '../serde/string.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'

/** What stands for a key inside a store: equal ids are equal bytes, and a Map can look them up. */
export type KeyId = string | number

/** How a store holds its keys. `compare` is the order of their bytes, unsigned. */
export interface HeldKey<K> {
  /** Throws STORE_KEY_MISSING, SERIALIZE_FAILED. */
  idOf(key: K): KeyId
  keyOf(id: KeyId): K
  toBytes(id: KeyId): Buffer
  /** The bytes, one character for each. */
  toLatin1(id: KeyId): string
  fromBytes(bytes: Buffer): KeyId
  compare(this: void, a: KeyId, b: KeyId): number
}

/**
 * Keys of the scalar serdes stand for themselves, because those are known to give back exactly what they were given:
 * looking one up costs no serialising. All others are held as the bytes that their serde writes.
 */
export function heldKey<K>(serde: Serde<K>, storeName: string): HeldKey<K> {
  const isScalar = serde === (string() as unknown) || numberOrders.has(serde)
  return (isScalar ? scalarKey(serde, storeName) : serialisedKey(serde, storeName)) as HeldKey<K>
}

export function keyMissing(storeName: string): StreamsError {
  return new StreamsError({
    code: 'STORE_KEY_MISSING',
    what: 'A store has no place for a null key',
    hint: 'Drop records without a key before they get here, or choose a key for them.',
    storeName,
  })
}

/** The order of the strings' UTF-8 bytes, which is that of their code points and not quite that of JS's `<`. */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i += 1) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // Surrogates stand for code points above all others, so they go behind 0xe000..0xffff.
    if (x !== y) return (x >= 0xd800 && x < 0xe000 ? x + 0x10000 : x) - (y >= 0xd800 && y < 0xe000 ? y + 0x10000 : y)
  }
  return a.length - b.length
}

/** In two's complement negative numbers come after the others. */
function compareInts(a: number, b: number): number {
  return a < 0 === b < 0 ? a - b : b - a
}

/** IEEE 754 bits read as unsigned: the sign bit puts negatives last, and among them the smallest last. */
function compareDoubles(a: number, b: number): number {
  const rankA = doubleRank(a)
  const rankB = doubleRank(b)
  if (rankA !== rankB) return rankA - rankB
  if (a === b || rankA === 1) return 0
  return rankA === 2 ? b - a : a < b ? -1 : 1
}

function doubleRank(value: number): number {
  return Number.isNaN(value) ? 1 : value < 0 || Object.is(value, -0) ? 2 : 0
}

const numberOrders = new Map<unknown, (a: number, b: number) => number>([
  [integer(), compareInts],
  [long(), compareInts],
  [number(), compareDoubles],
])

function scalarKey(serde: Serde<unknown>, storeName: string): HeldKey<unknown> {
  const isString = serde === (string() as unknown)
  const compareNumbers = numberOrders.get(serde)
  const keeps = isString ? isWellFormedString : serde === (number() as unknown) ? isPlainDouble : isExact(serde)
  const topic = `${storeName}-changelog`
  return {
    idOf(key) {
      if (keeps(key)) return key as KeyId
      if (key === null || key === undefined) throw keyMissing(storeName)
      // What is left is refused by the serde, or is -0: a Map would take it for 0, but their bytes differ in doubles.
      const written = serde.serialize(key, topic)
      if (written === null) throw keyMissing(storeName)
      return Object.is(key, -0) ? (serde === (number() as unknown) ? negativeZero : 0) : (key as KeyId)
    },
    keyOf: (id) => (!isString && id === negativeZero ? -0 : id),
    toBytes: (id) => serde.serialize(!isString && id === negativeZero ? -0 : id, topic) as Buffer,
    toLatin1(id) {
      if (isString && isAscii(id as string)) return id as string
      return latin1Of(this.toBytes(id))
    },
    fromBytes(bytes) {
      const key = serde.deserialize(bytes, topic)
      return Object.is(key, -0) ? negativeZero : (key as KeyId)
    },
    compare: isString ? (a, b) => compareUtf8(a as string, b as string) : compareIds(compareNumbers!),
  }
}

// Among numbers no other string is an id.
const negativeZero = '-0'

function compareIds(compare: (a: number, b: number) => number): (a: KeyId, b: KeyId) => number {
  return (a, b) => compare(a === negativeZero ? -0 : (a as number), b === negativeZero ? -0 : (b as number))
}

function isWellFormedString(key: unknown): boolean {
  return typeof key === 'string' && (key as string & { isWellFormed(): boolean }).isWellFormed()
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function isPlainDouble(key: unknown): boolean {
  return typeof key === 'number' && key !== 0 ? true : Object.is(key, 0)
}

function isExact(serde: Serde<unknown>): (key: unknown) => boolean {
  return serde === (integer() as unknown)
    ? (key) => typeof key === 'number' && (key | 0) === key && !Object.is(key, -0)
    : (key) => Number.isSafeInteger(key) && !Object.is(key, -0)
}

function serialisedKey(serde: Serde<unknown>, storeName: string): HeldKey<unknown> {
  const topic = `${storeName}-changelog`
  return {
    idOf(key) {
      if (key === null || key === undefined) throw keyMissing(storeName)
      const written = serde.serialize(key, topic)
      if (written === null) throw keyMissing(storeName)
      return latin1Of(written)
    },
    keyOf: (id) => serde.deserialize(bytesOf(id as string), topic),
    toBytes: (id) => bytesOf(id as string),
    toLatin1: (id) => id as string,
    fromBytes: latin1Of,
    compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  }
}
