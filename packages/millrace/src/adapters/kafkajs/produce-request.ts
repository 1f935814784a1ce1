import { StreamsError } from '../../errors/index.ts'
import type { DriverBroker, ProtocolRequest } from './driver.ts'
import { readLong } from './fetch-response.ts'
import { ByteWriter } from './byte-writer.ts'

const produceApiKey = 0
const produceApiVersion = 7
const acksAll = -1

export interface EncodedBatch {
  readonly topic: string
  readonly partition: number
  readonly bytes: Buffer
}

export interface ProduceAnswer {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly baseOffset: number
}

/** Writes one batch per partition to the broker that leads them; answers come per partition, errors as codes. */
export async function produce(
  broker: DriverBroker,
  batches: readonly EncodedBatch[],
  timeoutMs: number,
  transactionalId: string | null,
): Promise<readonly ProduceAnswer[]> {
  const supported = broker.versions?.[produceApiKey]
  if (supported && supported.maxVersion < produceApiVersion) {
    throw new StreamsError({
      code: 'TRANSPORT_FAILED',
      what: 'The broker is too old to produce to',
      hint: 'Use Kafka 2.1 or later.',
    })
  }
  try {
    const decoded = await broker.connectionPool.send(produceProtocol(batches, timeoutMs, transactionalId))
    return (decoded as { answers: readonly ProduceAnswer[] }).answers
  } catch (thrown) {
    // As kafkajs does it for its own requests: the next one opens a new connection.
    if ((thrown as { name?: unknown }).name === 'KafkaJSConnectionClosedError') await broker.disconnect()
    throw thrown
  }
}

function produceProtocol(
  batches: readonly EncodedBatch[],
  timeoutMs: number,
  transactionalId: string | null,
): ProtocolRequest {
  return {
    request: {
      apiKey: produceApiKey,
      apiVersion: produceApiVersion,
      apiName: 'Produce',
      expectResponse: () => true,
      encode: async () => {
        const body = encodeBody(batches, timeoutMs, transactionalId)
        // What kafkajs takes from its own encoder.
        return { buf: body, buffer: body, size: () => body.length }
      },
    },
    response: { decode: async (payload) => decodeAnswer(payload), parse: async (decoded) => decoded },
    requestTimeout: timeoutMs,
  }
}

function encodeBody(batches: readonly EncodedBatch[], timeoutMs: number, transactionalId: string | null): Buffer {
  const size = batches.reduce((sum, { bytes, topic }) => sum + bytes.length + topic.length * 3 + 16, 16)
  const out = new ByteWriter(size)
  if (transactionalId === null) out.int16(-1)
  else out.text(transactionalId)
  out.int16(acksAll)
  out.int32(timeoutMs)
  out.int32(batches.length)
  for (const { topic, partition, bytes } of batches) {
    out.text(topic)
    out.int32(1)
    out.int32(partition)
    out.int32(bytes.length)
    out.raw(bytes)
  }
  return out.written()
}

function decodeAnswer(payload: Buffer): { answers: readonly ProduceAnswer[]; clientSideThrottleTime: number } {
  const answers: ProduceAnswer[] = []
  let at = 4
  for (let topics = payload.readInt32BE(0); topics > 0; topics--) {
    const nameLength = payload.readInt16BE(at)
    const topic = payload.toString('utf8', at + 2, at + 2 + nameLength)
    at += 2 + nameLength
    const count = payload.readInt32BE(at)
    at += 4
    for (let index = 0; index < count; index++) {
      const [partition, errorCode] = [payload.readInt32BE(at), payload.readInt16BE(at + 4)]
      answers.push({ topic, partition, errorCode, baseOffset: readLong(payload, at + 6) })
      at += 30
    }
  }
  return { answers, clientSideThrottleTime: payload.readInt32BE(at) }
}
