import type { TopicPartition } from '../../ports/index.ts'

/** What a client asks of the server. */
export interface BrokerRequest {
  readonly kind:
    | 'admin'
    | 'commit'
    | 'endTransaction'
    | 'fetch'
    | 'heartbeat'
    | 'initTransactions'
    | 'join'
    | 'produce'
    | 'sendOffsets'
  readonly clientId: string
  readonly groupId?: string
  /** Absent in a first join. */
  readonly memberId?: string
  readonly transactionalId?: string
  readonly partitions?: readonly TopicPartition[]
}

/**
 * - `delay`: the request, or its answer, takes so long.
 * - `fail`: it is refused; told after its effect, the effect stays and the answer is lost.
 * - `duplicate`: what is produced arrives twice and the second is acknowledged, as when a client without idempotence
 *   tries again. Has no effect elsewhere, nor in a transaction, nor after the effect.
 * - `hang`: it is never answered. With all requests of a client hanging, and its members evicted, its process is dead.
 * - `pause`: the server answers nobody for so long.
 * - `evict`: the session of the member that asks is over. It does not know until `noticedAfterMs` have passed (null: ever)
 *   or a commit of it is refused: till then it goes on as a zombie that can still produce.
 */
export type BrokerFault =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'fail'; readonly retriable: boolean }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'evict'; readonly noticedAfterMs: number | null }

/** Faults that a test or a simulation injects. Asked for every request, synchronously, so a seed decides everything. */
export interface BrokerFaults {
  /** The request has arrived and had no effect yet. */
  before?(request: BrokerRequest): BrokerFault | null
  /** It has had its effect and is not answered yet. Not asked for fetches and heartbeats. */
  after?(request: BrokerRequest): BrokerFault | null
}
