import type { Address } from '../address.ts'
import { ServicesError } from '../services-error.ts'
import { FrameConnection } from './frame-connection.ts'

export interface NewTopic {
  readonly topic: string
  readonly partitions: number
}

const createTopicsKey = 19
/** The last one whose strings have plain lengths, and one that every broker since 2.0 takes. */
const version = 2
const alreadyExists = 36

/** Creates topics, with one replica and without retention, where they do not exist yet; returns those it created. */
export async function createTopics(address: Address, topics: readonly NewTopic[]): Promise<readonly string[]> {
  const connection = new FrameConnection(address, 4, (header) => 4 + header.readInt32BE(0))
  try {
    const results = readResults(await connection.exchange(createTopicsRequest(topics)))
    const refused = results.find(({ errorCode }) => errorCode !== 0 && errorCode !== alreadyExists)
    if (refused !== undefined) {
      throw new ServicesError({
        code: 'START_FAILED',
        what: `Kafka refuses to create the topic ${refused.topic} (error ${refused.errorCode}: ${refused.message})`,
        hint: 'Look at its log, and try again.',
      })
    }
    return results.filter(({ errorCode }) => errorCode === 0).map(({ topic }) => topic)
  } finally {
    connection.close()
  }
}

function createTopicsRequest(topics: readonly NewTopic[]): Buffer {
  const body = Buffer.concat([
    int16(createTopicsKey),
    int16(version),
    int32(1), // correlation id
    string('millrace-local-services'),
    int32(topics.length),
    ...topics.map(({ topic, partitions }) =>
      Buffer.concat([
        string(topic),
        int32(partitions),
        int16(1), // replicas
        int32(0), // no assignments of our own
        // records with old timestamps, as a replay brings them, must stay
        int32(1),
        string('retention.ms'),
        string('-1'),
      ]),
    ),
    int32(20_000), // how long the broker may take, ms
    Buffer.from([0]), // create, not only check
  ])
  return Buffer.concat([int32(body.length), body])
}

function readResults(answer: Buffer): { topic: string; errorCode: number; message: string }[] {
  // length, correlation id and throttle time come first
  let at = 12
  const readString = (): string => {
    const length = answer.readInt16BE(at)
    const text = answer.toString('utf8', at + 2, at + 2 + Math.max(0, length))
    at += 2 + Math.max(0, length)
    return text
  }
  const count = answer.readInt32BE(at)
  at += 4
  return Array.from({ length: count }, () => {
    const topic = readString()
    const errorCode = answer.readInt16BE(at)
    at += 2
    return { topic, errorCode, message: readString() }
  })
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

function string(text: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)])
}
