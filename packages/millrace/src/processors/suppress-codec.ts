import type { SuppressNode } from '../plan/index.ts'
import type { RecordHeader, RecordHeaders } from '../ports/record.ts'
import type { Windowed } from '../ports/state-store.ts'
import type { Serde } from '../serde/serde.ts'
import type { Buffered } from './suppress-buffer.ts'

/**
 * The bytes in which a waiting update survives a restart: its times and its window's end (serialised keys have the start
 * alone), headers, then the prior, old and new value, each as a 4-byte length (-1 for null) and its bytes. Of
 * Millrace's own: internal topics are not shared with other programs.
 */
export interface SuppressCodec {
  idOf(key: unknown): string
  encode(entry: Buffered): Buffer
  decode(id: string, bytes: Buffer): Buffered
  /** What an update takes of `maxBytes`; it came from a record of `topic`. */
  sizeOf(entry: Buffered, topic: string): number
}

/** What Kafka Streams reckons for an update besides key, values, headers and topic: buffer time, timestamp, offset, partition. */
const overheadBytes = 28

/** It reckons with the name of the record's topic. Internal ones that nobody named have 55 characters there. */
function topicBytes(topic: string): number {
  return topic === '' || topic.endsWith('-repartition') ? 55 : topic.length
}

export function suppressCodec(node: SuppressNode): SuppressCodec {
  const { keySerde, valueSerde, store } = node
  const topic = `${store.name}-changelog`
  const idOf = (key: unknown): string => keySerde.serialize(key, topic)?.toString('latin1') ?? ''
  const bytesOf = (value: unknown): Buffer | null => (value === null ? null : valueSerde.serialize(value, topic))
  return {
    idOf,
    encode(entry) {
      const parts = [times(entry)]
      parts.push(count(entry.headers.length))
      for (const { name, value } of entry.headers) parts.push(...framed(Buffer.from(name)), ...framed(value))
      for (const value of [entry.priorValue, entry.oldValue, entry.newValue]) parts.push(...framed(bytesOf(value)))
      return Buffer.concat(parts)
    },
    decode(id, bytes) {
      const reader = new Reader(bytes)
      const [bufferTime, timestamp, end] = [reader.time(), reader.time(), reader.time()]
      const key = withEnd(keySerde.deserialize(Buffer.from(id, 'latin1'), topic), end)
      const headers = reader.headers()
      const [priorValue, oldValue, newValue] = [0, 1, 2].map(() => reader.value(valueSerde, topic))
      return { id, key, bufferTime, timestamp, headers, priorValue, oldValue, newValue, bytes: 0 }
    },
    sizeOf(entry, from) {
      const { id, priorValue, oldValue, newValue, headers } = entry
      let size = overheadBytes + topicBytes(from) + id.length + headersSize(headers)
      size += bytesOf(priorValue)?.length ?? 0
      size += bytesOf(newValue)?.length ?? 0
      // the first update's old value is the prior one, which is held once
      if (oldValue !== priorValue) size += bytesOf(oldValue)?.length ?? 0
      return size
    },
  }
}

function headersSize(headers: RecordHeaders): number {
  let size = 0
  for (const { name, value } of headers) size += name.length + (value?.length ?? 0)
  return size
}

function times({ bufferTime, timestamp, key }: Buffered): Buffer {
  const bytes = Buffer.alloc(24)
  bytes.writeBigInt64BE(BigInt(bufferTime), 0)
  bytes.writeBigInt64BE(BigInt(timestamp), 8)
  bytes.writeBigInt64BE(BigInt(isWindowed(key) ? key.window.end : -1), 16)
  return bytes
}

function withEnd(key: unknown, end: number): unknown {
  return isWindowed(key) && end >= 0 ? { key: key.key, window: { start: key.window.start, end } } : key
}

function isWindowed(key: unknown): key is Windowed<unknown> {
  return typeof key === 'object' && key !== null && 'key' in key && 'window' in key
}

function count(size: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(size)
  return bytes
}

function framed(bytes: Buffer | null): readonly Buffer[] {
  return bytes === null ? [count(-1)] : [count(bytes.length), bytes]
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  time(): number {
    this.#at += 8
    return Number(this.#bytes.readBigInt64BE(this.#at - 8))
  }

  headers(): RecordHeaders {
    const headers: RecordHeader[] = []
    const length = this.#count()
    for (let index = 0; index < length; index++) {
      headers.push({ name: this.#framed()?.toString() ?? '', value: this.#framed() })
    }
    return headers
  }

  value(serde: Serde<unknown>, topic: string): unknown {
    const bytes = this.#framed()
    return bytes === null ? null : serde.deserialize(bytes, topic)
  }

  #count(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  #framed(): Buffer | null {
    const length = this.#count()
    if (length < 0) return null
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
