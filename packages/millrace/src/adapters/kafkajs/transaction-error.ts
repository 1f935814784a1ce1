import { StreamsError, messageOf } from '../../errors/index.ts'
import { failureType } from './kafka-failure.ts'

/** Another producer has taken the id. Brokers answer the same when they have aborted the transaction as timed out. */
export function producerFenced(transactionalId: string, cause?: unknown): StreamsError {
  return new StreamsError({
    code: 'PRODUCER_FENCED',
    what: `Transactional id ${transactionalId} belongs to another producer now, or its transaction was open for too long`,
    hint: 'Whoever holds the id goes on from what was committed. If nobody else does, raise the time-out of transactions.',
    cause,
  })
}

/** Nothing of the transaction counts until it is known how it ended. An error that says so already stays. */
export function transactionFailed(what: string, cause: unknown): StreamsError {
  if (cause instanceof StreamsError && passedOn.has(cause.code)) return cause
  const detail = cause instanceof StreamsError ? cause.what : cause === undefined ? '' : messageOf(cause)
  return new StreamsError({
    ...(cause instanceof StreamsError ? cause.context : {}),
    code: 'TRANSACTION_FAILED',
    what: detail === '' ? what : `${what}: ${detail}`,
    hint: hints[failureType(cause)] ?? 'Abort the transaction; if that fails too, make a new producer.',
    cause,
  })
}

// COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, CONCURRENT_TRANSACTIONS
const transientRenewalCodes = new Set([14, 15, 16, 51])

/** The coordinator gives out no new epoch, now or at all. */
export function renewalRefused(errorCode: number): StreamsError {
  return new StreamsError({
    code: 'TRANSACTION_FAILED',
    what: `The coordinator gives out no new epoch: error code ${errorCode}`,
    hint: 'Make a new producer.',
    retriable: transientRenewalCodes.has(errorCode),
  })
}

const passedOn = new Set(['PRODUCER_FENCED', 'TRANSACTION_FAILED', 'TRANSPORT_CLOSED'])
const hints: Readonly<Record<string, string>> = {
  INVALID_TRANSACTION_TIMEOUT: "The time-out is longer than the broker's transaction.max.timeout.ms; lower it.",
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'Allow this client to write with this transactional id.',
  GROUP_AUTHORIZATION_FAILED: 'Allow this client to read the group.',
  TOPIC_AUTHORIZATION_FAILED: 'Allow this client to write to the topic.',
}
