import { deserializeFailed } from './serde-error.ts'
import type { Serde } from './serde.ts'
import { readTimeBytes, timeBytes, writeTimeBytes } from './time-bytes.ts'

/** Where a buffered record waits; `sequence` keeps records of the same key and time apart, in the order of arrival. */
export interface BufferedKey {
  /** ms */
  readonly timestamp: number
  readonly key: unknown
  readonly sequence: number
}

/** Time, key, sequence: bytes that sort by time. */
export function bufferedKey(key: Serde<unknown>): Serde<BufferedKey> {
  return {
    name: `bufferedKey(${key.name})`,
    serialize(one, topic) {
      const time = Buffer.allocUnsafe(timeBytes)
      writeTimeBytes(time, one.timestamp, 0)
      return Buffer.concat([time, key.serialize(one.key, topic) ?? Buffer.alloc(0), int(one.sequence)])
    },
    deserialize(bytes, topic) {
      const end = bytes.length - 4
      if (end < timeBytes) throw tooShort(topic)
      return {
        timestamp: readTimeBytes(bytes, 0),
        key: key.deserialize(bytes.subarray(timeBytes, end), topic),
        sequence: bytes.readInt32BE(end),
      }
    },
  }
}

/** A record that waits, with what has to go on with it. */
export interface BufferedRecord {
  readonly value: unknown
  readonly headers: readonly BufferedHeader[]
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

interface BufferedHeader {
  readonly name: string
  readonly value: Buffer | null
}

/** Value, topic, partition, offset, then names and values of headers; what has no fixed length stands behind its own. */
export function bufferedRecord(value: Serde<unknown>): Serde<BufferedRecord> {
  return {
    name: `bufferedRecord(${value.name})`,
    serialize(one, topic) {
      const offset = Buffer.allocUnsafe(timeBytes)
      writeTimeBytes(offset, one.offset, 0)
      const headers = one.headers.flatMap((header) => [sized(Buffer.from(header.name)), sized(header.value)])
      const head = [sized(value.serialize(one.value, topic)), sized(Buffer.from(one.topic)), int(one.partition), offset]
      return Buffer.concat([...head, ...headers])
    },
    deserialize(bytes, topic) {
      const from = new Reader(bytes, topic)
      const written = from.sized()
      const origin = { topic: (from.sized() ?? Buffer.alloc(0)).toString(), partition: from.int(), offset: from.time() }
      const headers: BufferedHeader[] = []
      while (!from.isAtEnd) headers.push({ name: (from.sized() ?? Buffer.alloc(0)).toString(), value: from.sized() })
      return { value: written === null ? null : value.deserialize(written, topic), headers, ...origin }
    },
  }
}

function int(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value, 0)
  return bytes
}

/** Its length in 4 bytes, -1 for null, then itself. */
function sized(bytes: Buffer | null): Buffer {
  return bytes === null ? int(-1) : Buffer.concat([int(bytes.length), bytes])
}

class Reader {
  readonly #bytes: Buffer
  readonly #topic: string
  #at = 0

  constructor(bytes: Buffer, topic: string) {
    this.#bytes = bytes
    this.#topic = topic
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  int(): number {
    return this.#take(4).readInt32BE(0)
  }

  time(): number {
    return readTimeBytes(this.#take(timeBytes), 0)
  }

  sized(): Buffer | null {
    const length = this.int()
    return length < 0 ? null : this.#take(length)
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw tooShort(this.#topic)
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}

function tooShort(topic: string): Error {
  return deserializeFailed(topic, 'Cannot read a buffered record: too short', 'Do not write to changelogs.')
}
