import type { ProtocolRequest } from './driver.ts'

/** What a broker answered for one partition; its records are still bytes. */
export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: number
  /** Transactions to leave out when reading committed records. */
  readonly aborted: readonly AbortedTransaction[]
  /** Record batches, the last perhaps cut off; or what kafkajs' decoder made of a format older than Kafka 0.11. */
  readonly records: Buffer | readonly DriverMessage[]
}

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** A record as kafkajs decodes it. */
export interface DriverMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>
  readonly isControlRecord?: boolean
}

const fetchApiKey = 1
const fetchApiVersion = 11
const noneAborted: readonly AbortedTransaction[] = []

/**
 * Replaces kafkajs' decoder of fetch responses in this one request by one that leaves records as bytes. An answer it
 * does not expect (another protocol version, records of an old format) is decoded by kafkajs.
 */
export function decodesFetchLazily(protocol: ProtocolRequest): ProtocolRequest {
  const { request, response } = protocol
  if (request.apiKey !== fetchApiKey) return protocol
  const ours = request.apiVersion === fetchApiVersion
  return {
    ...protocol,
    response: {
      async decode(payload) {
        const decoded = ours ? decodeFetch(payload) : null
        return decoded ?? fromDriver((await response.decode(payload)) as DriverFetch)
      },
      // kafkajs would throw the first partition's error and drop what the others brought.
      parse: async (decoded) => decoded,
    },
  }
}

/** The whole answer. `clientSideThrottleTime` is for kafkajs, which waits for it before the next request. */
export interface FetchAnswer {
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly partitions: readonly FetchedPartition[]
}

/** Reads a fetch response of version 11; null when it holds records of a format before version 2. */
export function decodeFetch(payload: Buffer): FetchAnswer | null {
  const partitions: FetchedPartition[] = []
  const clientSideThrottleTime = payload.readInt32BE(0)
  const errorCode = payload.readInt16BE(4)
  let at = 10
  const topics = payload.readInt32BE(at)
  at += 4
  for (let index = 0; index < topics; index++) {
    const nameLength = payload.readInt16BE(at)
    const topic = payload.toString('utf8', at + 2, at + 2 + nameLength)
    at += 2 + nameLength
    const count = payload.readInt32BE(at)
    at += 4
    for (let each = 0; each < count; each++) {
      const abortedCount = payload.readInt32BE(at + 30)
      const aborted = readAborted(payload, at + 34, abortedCount)
      const recordsAt = at + 34 + Math.max(abortedCount, 0) * 16 + 4
      const length = Math.max(payload.readInt32BE(recordsAt), 0)
      const records = payload.subarray(recordsAt + 4, recordsAt + 4 + length)
      if (length > magicAt && records[magicAt] !== 2) return null
      partitions.push({
        topic,
        partition: payload.readInt32BE(at),
        errorCode: payload.readInt16BE(at + 4),
        highWatermark: readLong(payload, at + 6),
        aborted,
        records,
      })
      at = recordsAt + 4 + length
    }
  }
  return { clientSideThrottleTime, errorCode, partitions }
}

const magicAt = 16

/** A 64-bit number, exact up to 2^53, which no offset, producer id or millisecond reaches. */
export function readLong(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4)
}

function readAborted(payload: Buffer, from: number, count: number): readonly AbortedTransaction[] {
  if (count <= 0) return noneAborted
  const aborted: AbortedTransaction[] = []
  for (let at = from; aborted.length < count; at += 16) {
    aborted.push({ producerId: readLong(payload, at), firstOffset: readLong(payload, at + 8) })
  }
  return aborted
}

interface DriverFetch {
  readonly clientSideThrottleTime?: number
  readonly errorCode?: number
  readonly responses: readonly {
    topicName: string
    partitions: readonly {
      partition: number
      errorCode: number
      highWatermark: string
      messages: readonly DriverMessage[]
    }[]
  }[]
}

function fromDriver(decoded: DriverFetch): FetchAnswer {
  return {
    clientSideThrottleTime: decoded.clientSideThrottleTime ?? 0,
    errorCode: decoded.errorCode ?? 0,
    partitions: decoded.responses.flatMap(({ topicName, partitions }) =>
      partitions.map(({ partition, errorCode, highWatermark, messages }) => ({
        topic: topicName,
        partition,
        errorCode,
        highWatermark: Number(highWatermark),
        aborted: noneAborted,
        records: messages,
      })),
    ),
  }
}
