import { ByteWriter } from './byte-writer.ts'
import type { DriverBroker, ProtocolRequest } from './driver.ts'
import { readLong } from './fetch-response.ts'

const apiKey = 22
const apiVersion = 4

export interface ProducerEpoch {
  readonly producerId: number
  readonly producerEpoch: number
}

export interface RenewRequest {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** What the broker gave out last. It answers with a later epoch only if nobody else has got one since. */
  readonly held: ProducerEpoch
}

export type RenewAnswer = ProducerEpoch & { readonly errorCode: number }

/** Whether the broker can give a holder of a transactional id a new epoch (Kafka 2.7). */
export function canRenew(broker: DriverBroker): boolean {
  return (broker.versions?.[apiKey]?.maxVersion ?? 0) >= apiVersion
}

/**
 * InitProducerId of version 4, which kafkajs does not have: it names the epoch that is held, so that asking for the
 * next one cannot fence somebody who has taken the id in the meantime (KIP-360).
 */
export async function renewProducerEpoch(broker: DriverBroker, request: RenewRequest): Promise<RenewAnswer> {
  return (await broker.connectionPool.send(renewProtocol(request))) as RenewAnswer
}

function renewProtocol(request: RenewRequest): ProtocolRequest {
  return {
    request: {
      apiKey,
      apiVersion,
      apiName: 'InitProducerId',
      encode: async () => {
        const body = encodeRenewal(request)
        return { buf: body, buffer: body, size: () => body.length }
      },
    },
    response: { decode: async (payload) => decodeRenewal(payload), parse: async (decoded) => decoded },
  }
}

/** kafkajs writes the header of inflexible versions; the empty list of tags that ends a flexible one comes first here. */
export function encodeRenewal({ transactionalId, timeoutMs, held }: RenewRequest): Buffer {
  const text = Buffer.from(transactionalId, 'utf8')
  const out = new ByteWriter(text.length + 32)
  out.int8(0)
  writeUnsignedVarint(out, text.length + 1)
  out.raw(text)
  out.int32(timeoutMs)
  out.int64(held.producerId)
  out.int16(held.producerEpoch)
  out.int8(0)
  return out.written()
}

export function decodeRenewal(payload: Buffer): RenewAnswer & { readonly clientSideThrottleTime: number } {
  // byte 0: the tags of the header, of which there are none in any version so far
  return {
    clientSideThrottleTime: payload.readInt32BE(1),
    errorCode: payload.readInt16BE(5),
    producerId: readLong(payload, 7),
    producerEpoch: payload.readInt16BE(15),
  }
}

function writeUnsignedVarint(out: ByteWriter, value: number): void {
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) out.int8((rest & 0x7f) | 0x80)
  out.int8(rest)
}
