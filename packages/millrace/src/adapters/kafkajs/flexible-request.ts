import { ByteWriter } from './byte-writer.ts'
import type { DriverBroker, ProtocolRequest } from './driver.ts'

export interface FlexibleRequest<T> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly write: (out: FlexibleWriter) => void
  /** The answer begins with how long to wait before the next request. */
  readonly read: (answer: FlexibleReader) => T
}

/** Whether the broker speaks this version of a request. */
export function speaks(broker: DriverBroker, { apiKey, apiVersion }: FlexibleRequest<unknown>): boolean {
  return (broker.versions?.[apiKey]?.maxVersion ?? 0) >= apiVersion
}

/** Sends a request of a flexible version (KIP-482), of which kafkajs has none. */
export async function sendFlexible<T>(broker: DriverBroker, request: FlexibleRequest<T>): Promise<T> {
  const { answer } = (await broker.connectionPool.send(protocolOf(request))) as { answer: T }
  return answer
}

function protocolOf<T>(request: FlexibleRequest<T>): ProtocolRequest {
  const { apiKey, apiVersion, apiName } = request
  return {
    request: {
      apiKey,
      apiVersion,
      apiName,
      encode: async () => {
        const body = encodeFlexible(request)
        return { buf: body, buffer: body, size: () => body.length }
      },
    },
    response: { decode: async (payload) => decodeFlexible(request, payload), parse: async (decoded) => decoded },
  }
}

/** kafkajs writes the header of inflexible versions; the empty list of tags that ends a flexible one comes first here. */
export function encodeFlexible({ write }: FlexibleRequest<unknown>): Buffer {
  const out = new FlexibleWriter(256)
  out.tags()
  write(out)
  out.tags()
  return out.written()
}

export function decodeFlexible<T>(
  { read }: FlexibleRequest<T>,
  payload: Buffer,
): { readonly answer: T; readonly clientSideThrottleTime: number } {
  const reader = new FlexibleReader(payload)
  reader.tags()
  const clientSideThrottleTime = reader.int32()
  return { answer: read(reader), clientSideThrottleTime }
}

export class FlexibleWriter extends ByteWriter {
  unsigned(value: number): void {
    let rest = value
    this.ensure(5)
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80
    this.bytes[this.at++] = rest
  }

  compactText(value: string): void {
    const bytes = Buffer.from(value, 'utf8')
    this.unsigned(bytes.length + 1)
    this.raw(bytes)
  }

  compactArray<T>(items: readonly T[], write: (item: T) => void): void {
    this.unsigned(items.length + 1)
    for (const item of items) write(item)
  }

  /** No tags. */
  tags(): void {
    this.int8(0)
  }
}

export class FlexibleReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int16(): number {
    this.#at += 2
    return this.#bytes.readInt16BE(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  /** Exact up to 2^53. */
  int64(): number {
    return this.int32() * 4_294_967_296 + (this.int32() >>> 0)
  }

  unsigned(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  compactText(): string | null {
    const length = this.unsigned() - 1
    if (length < 0) return null
    this.#at += length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  compactArray<T>(read: () => T): readonly T[] {
    const items: T[] = []
    for (let rest = this.unsigned() - 1; rest > 0; rest--) items.push(read())
    return items
  }

  /** Passes over tags, which later brokers may add. */
  tags(): void {
    for (let rest = this.unsigned(); rest > 0; rest--) {
      this.unsigned()
      const length = this.unsigned()
      this.#at += length
    }
  }
}
