import { StreamsError, type ErrorContext } from '../../errors/index.ts'

/** What an error code of a fetched partition asks for. */
export interface FetchProblem {
  readonly isOutOfRange: boolean
  /** The partition is led, or stored, elsewhere by now, or not ready yet: look again. */
  readonly isStale: boolean
  toError(place: ErrorContext): StreamsError
}

// NOT_LEADER, LEADER_NOT_AVAILABLE, UNKNOWN_TOPIC_OR_PARTITION, REPLICA_NOT_AVAILABLE, NETWORK_EXCEPTION,
// KAFKA_STORAGE_ERROR, FENCED and UNKNOWN_LEADER_EPOCH, OFFSET_NOT_AVAILABLE
const staleCodes = new Set([3, 5, 6, 7, 9, 13, 56, 74, 76, 75, 78])
const names: Readonly<Record<number, string>> = {
  2: 'CORRUPT_MESSAGE',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  43: 'UNSUPPORTED_FOR_MESSAGE_FORMAT',
}

export function describeCode(errorCode: number): FetchProblem {
  return {
    isOutOfRange: errorCode === 1,
    isStale: staleCodes.has(errorCode),
    toError: ({ topic, partition }) =>
      new StreamsError({
        topic,
        partition,
        code: 'TRANSPORT_FAILED',
        what: `The broker refuses to hand out records: ${names[errorCode] ?? `error code ${errorCode}`}`,
        hint: errorCode === 29 ? 'Allow this client to read the topic.' : 'See the log of the broker.',
        retriable: errorCode !== 29,
      }),
  }
}
