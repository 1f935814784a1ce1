import type { DriverBroker } from './driver.ts'
import { sendFlexible, speaks, type FlexibleRequest } from './flexible-request.ts'

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

/**
 * InitProducerId of version 4 (Kafka 2.7), which names the epoch that is held, so that asking for the next one cannot
 * take the id back from somebody who has got it in the meantime (KIP-360). Null from an older broker.
 */
export async function renewProducerEpoch(broker: DriverBroker, request: RenewRequest): Promise<RenewAnswer | null> {
  const renewal = renewalOf(request)
  return speaks(broker, renewal) ? sendFlexible(broker, renewal) : null
}

export function renewalOf({ transactionalId, timeoutMs, held }: RenewRequest): FlexibleRequest<RenewAnswer> {
  return {
    apiKey: 22,
    apiVersion: 4,
    apiName: 'InitProducerId',
    write: (out) => {
      out.compactText(transactionalId)
      out.int32(timeoutMs)
      out.int64(held.producerId)
      out.int16(held.producerEpoch)
    },
    read: (answer) => ({ errorCode: answer.int16(), producerId: answer.int64(), producerEpoch: answer.int16() }),
  }
}
