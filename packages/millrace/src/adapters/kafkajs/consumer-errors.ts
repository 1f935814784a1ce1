import { StreamsError } from '../../errors/index.ts'
import type { CommittedOffset } from '../../ports/index.ts'
import { wrapFailure } from './kafka-failure.ts'

/** What could have healed and did not. */
export function wrapSpent(cause: StreamsError, what: string, hint: string): StreamsError {
  return new StreamsError({ ...cause.context, code: 'CONSUMER_FAILED', what: `${what}: ${cause.what}`, hint, cause })
}

/** The consumer's owner threw: its own error where that is one of ours. */
export function listenerFailed(call: string, thrown: unknown): StreamsError {
  return thrown instanceof StreamsError && !thrown.retriable
    ? thrown
    : wrapSpent(
        wrapFailure(thrown, 'CONSUMER_FAILED', call, ''),
        `${call} of the consumer's listener failed`,
        thrown instanceof StreamsError ? thrown.hint : 'See the cause.',
      )
}

/** A commit that did not happen because the group has moved on. */
export function generationLost(number: number, cause?: unknown): StreamsError {
  return new StreamsError({
    code: 'GENERATION_LOST',
    what: `Generation ${number} is over; the offsets are not committed`,
    hint: 'Whoever owns the partitions now reads the records again.',
    cause,
  })
}

/** A commit whose outcome is unknown, or that the coordinator refuses. */
export function commitFailed(thrown: unknown, offsets: readonly CommittedOffset[]): StreamsError {
  const { topic, partition } = offsets[0]!
  return wrapFailure(
    thrown,
    'TRANSPORT_FAILED',
    'Offsets cannot be committed',
    'See the cause: it is not one that heals by itself, or it has lasted for retryTimeoutMs.',
    offsets.length === 1 ? { topic, partition } : {},
  )
}

/** A call before start or after stop. */
export function closedError(): StreamsError {
  return new StreamsError({
    code: 'TRANSPORT_CLOSED',
    what: 'The consumer is not running',
    hint: 'Make a new one; a consumer is started once.',
  })
}
