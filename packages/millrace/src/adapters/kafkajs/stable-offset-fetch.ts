import { StreamsError } from '../../errors/index.ts'
import type { DriverBroker, OffsetFetchResponse, PartitionsOfTopic } from './driver.ts'
import { sendFlexible, speaks, type FlexibleRequest } from './flexible-request.ts'

export interface OffsetFetchQuery {
  readonly groupId: string
  readonly topics: readonly PartitionsOfTopic[]
}

type Answer = OffsetFetchResponse & { readonly errorCodes: readonly number[] }

const unstable = 88
// COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR
const transientCodes = new Set([14, 15, 16, unstable])
const unknownTopic = 3

/**
 * OffsetFetch of version 7 (Kafka 2.5), which refuses to answer while offsets of an open transaction are pending
 * (KIP-447): what it does answer is final. Older brokers are asked as kafkajs does it. One attempt; a pending
 * transaction makes it reject with TRANSPORT_FAILED (retriable).
 */
export async function fetchStableOffsets(broker: DriverBroker, query: OffsetFetchQuery): Promise<OffsetFetchResponse> {
  const request = stableFetchOf(query)
  if (!speaks(broker, request)) return broker.offsetFetch(query)
  const answer = await sendFlexible(broker, request)
  const errorCode = answer.errorCodes.find((code) => code !== 0 && code !== unknownTopic) ?? 0
  if (errorCode !== 0) throw refused(errorCode)
  return answer
}

export function stableFetchOf({ groupId, topics }: OffsetFetchQuery): FlexibleRequest<Answer> {
  return {
    apiKey: 9,
    apiVersion: 7,
    apiName: 'OffsetFetch',
    write: (out) => {
      out.compactText(groupId)
      out.compactArray(topics, ({ topic, partitions }) => {
        out.compactText(topic)
        out.compactArray(partitions, ({ partition }) => out.int32(partition))
        out.tags()
      })
      out.int8(1) // only stable ones
    },
    read: (answer) => {
      const errorCodes: number[] = []
      const responses = answer.compactArray(() => {
        const topic = answer.compactText() ?? ''
        const partitions = answer.compactArray(() => {
          const partition = answer.int32()
          const offset = String(answer.int64())
          answer.int32() // leader epoch
          const metadata = answer.compactText()
          errorCodes.push(answer.int16())
          answer.tags()
          return { partition, offset, metadata }
        })
        answer.tags()
        return { topic, partitions }
      })
      return { responses, errorCodes: [...errorCodes, answer.int16()] }
    },
  }
}

function refused(errorCode: number): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_FAILED',
    what: errorCode === unstable ? 'A transaction with offsets of the group is open' : `error code ${errorCode}`,
    hint: 'See the log of the broker.',
    retriable: transientCodes.has(errorCode),
  })
}
