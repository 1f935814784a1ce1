import { StreamsError, type ErrorContext } from '../../errors/index.ts'

/** What a broker's answer to a produced batch asks for. */
export interface ProduceProblem {
  readonly isWritten: boolean
  /** The broker does not know the producer, or not its last batch: go on under a new identity. */
  readonly isIdentityLost: boolean
  readonly isTooLarge: boolean
  toError(place: ErrorContext, retriable?: boolean): StreamsError
}

// … and those of transactions: INVALID_TXN_STATE, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, TRANSACTION_ABORTABLE
const identityCodes = new Set([45, 46, 47, 59, 48, 49, 90, 120])
const tooLargeCodes = new Set([10, 18])
const transientCodes = new Set([2, 3, 5, 6, 7, 8, 9, 13, 19, 20, 56, 74, 75])
const names: Readonly<Record<number, string>> = {
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_FOR_PARTITION',
  7: 'REQUEST_TIMED_OUT',
  10: 'MESSAGE_TOO_LARGE',
  18: 'RECORD_LIST_TOO_LARGE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  32: 'INVALID_TIMESTAMP',
  44: 'POLICY_VIOLATION',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  47: 'INVALID_PRODUCER_EPOCH',
  48: 'INVALID_TXN_STATE',
  49: 'INVALID_PRODUCER_ID_MAPPING',
  53: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  59: 'UNKNOWN_PRODUCER_ID',
  87: 'INVALID_RECORD',
  90: 'PRODUCER_FENCED',
  120: 'TRANSACTION_ABORTABLE',
}
const hints: Readonly<Record<number, string>> = {
  3: 'Create the topic, with as many partitions as are written to.',
  10: "One record is larger than the topic's max.message.bytes; raise it, or write less.",
  29: 'Allow this client to write to the topic.',
  32: "The record's timestamp is outside the topic's message.timestamp limits.",
  87: 'A compacted topic takes no record without a key.',
}

const fencedCodes = new Set([47, 90])

/** Whether the broker answers that a later producer has taken the transactional id. */
export function isFencedCode(errorCode: number): boolean {
  return fencedCodes.has(errorCode)
}

export function describeProduceCode(errorCode: number): ProduceProblem {
  const isIdentityLost = identityCodes.has(errorCode)
  return {
    isWritten: errorCode === 0,
    isIdentityLost,
    isTooLarge: tooLargeCodes.has(errorCode),
    toError: ({ topic, partition }, retriable = isIdentityLost || transientCodes.has(errorCode)) =>
      new StreamsError({
        topic,
        partition,
        code: 'PRODUCE_FAILED',
        what: `the broker answers ${names[errorCode] ?? `error code ${errorCode}`}`,
        hint: hints[errorCode] ?? 'See the log of the broker.',
        retriable,
      }),
  }
}
