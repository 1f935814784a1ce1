import { messageOf, StreamsError, type ErrorCode, type ErrorContext } from '../../errors/index.ts'

/**
 * What a failure asks for.
 * - `rebalance`: the group is rebalancing: join again with the same member id.
 * - `fenced`: the group has gone on without this member: join as a newcomer.
 * - `transient`: the same may succeed later, perhaps elsewhere.
 * - `missing-topic`: a topic is not known, yet or any more.
 * - `fatal`: the same will fail again.
 * - `unknown`: none of the above is certain.
 */
export type FailureKind = 'rebalance' | 'fenced' | 'transient' | 'missing-topic' | 'fatal' | 'unknown'

const kinds = new Map<string, FailureKind>([
  ['REBALANCE_IN_PROGRESS', 'rebalance'],
  ['MEMBER_ID_REQUIRED', 'rebalance'],
  ...all('fenced', ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']),
  ['UNKNOWN_TOPIC_OR_PARTITION', 'missing-topic'],
  ...all('transient', [
    'LEADER_NOT_AVAILABLE',
    'NOT_LEADER_FOR_PARTITION',
    'FENCED_LEADER_EPOCH',
    'UNKNOWN_LEADER_EPOCH',
    'REQUEST_TIMED_OUT',
    'BROKER_NOT_AVAILABLE',
    'REPLICA_NOT_AVAILABLE',
    'NETWORK_EXCEPTION',
    'GROUP_LOAD_IN_PROGRESS',
    'GROUP_COORDINATOR_NOT_AVAILABLE',
    'NOT_COORDINATOR_FOR_GROUP',
    'NOT_ENOUGH_REPLICAS',
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    'NOT_CONTROLLER',
    'KAFKA_STORAGE_ERROR',
    'OFFSET_NOT_AVAILABLE',
    'PREFERRED_LEADER_NOT_AVAILABLE',
    'UNSTABLE_OFFSET_COMMIT',
    'CONCURRENT_TRANSACTIONS',
    'STALE_BROKER_EPOCH',
    'KafkaJSConnectionError',
    'KafkaJSConnectionClosedError',
    'KafkaJSRequestTimeoutError',
    'KafkaJSBrokerNotFound',
    'KafkaJSGroupCoordinatorNotFound',
    'KafkaJSLockTimeout',
    'KafkaJSTimeout',
    'KafkaJSMetadataNotLoaded',
    'KafkaJSTopicMetadataNotLoaded',
  ]),
  ...all('fatal', [
    'INCONSISTENT_GROUP_PROTOCOL',
    'INVALID_GROUP_ID',
    'INVALID_SESSION_TIMEOUT',
    'GROUP_MAX_SIZE_REACHED',
    'GROUP_AUTHORIZATION_FAILED',
    'TOPIC_AUTHORIZATION_FAILED',
    'CLUSTER_AUTHORIZATION_FAILED',
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    'INVALID_TRANSACTION_TIMEOUT',
    'SASL_AUTHENTICATION_FAILED',
    'UNSUPPORTED_SASL_MECHANISM',
    'UNSUPPORTED_VERSION',
    'INVALID_TOPIC_EXCEPTION',
    'OFFSET_METADATA_TOO_LARGE',
    'INVALID_COMMIT_OFFSET_SIZE',
    'KafkaJSSASLAuthenticationError',
    'KafkaJSServerDoesNotSupportApiKey',
    'KafkaJSNotImplemented',
  ]),
])

function all(kind: FailureKind, types: readonly string[]): [string, FailureKind][] {
  return types.map((type) => [type, kind])
}

/** The error type of the broker's protocol, else kafkajs' error name, of the failure beneath kafkajs' wrappers. */
export function failureType(thrown: unknown): string {
  const error = unwrapped(thrown)
  if (error instanceof StreamsError) return error.code
  const { type, name } = (error ?? {}) as { type?: unknown; name?: unknown }
  if (typeof type === 'string') return type
  return typeof name === 'string' ? name : 'unknown'
}

/** What to do about a failure, decided by its type and never by its text. */
export function failureKind(thrown: unknown): FailureKind {
  const error = unwrapped(thrown)
  if (error instanceof StreamsError) {
    if (error.code === 'TOPIC_MISSING') return 'missing-topic'
    return error.retriable ? 'transient' : 'fatal'
  }
  return kinds.get(failureType(error)) ?? 'unknown'
}

/** The StreamsError beneath kafkajs' wrappers, if that is what was thrown; else the failure as one. */
export function wrapFailure(
  thrown: unknown,
  code: ErrorCode,
  what: string,
  hint: string,
  context: ErrorContext = {},
): StreamsError {
  const error = unwrapped(thrown)
  if (error instanceof StreamsError) return error
  return new StreamsError({ ...context, code, what: `${what}: ${messageOf(error)}`, hint, cause: thrown })
}

/** kafkajs wraps what its retrying gave up on, and reports several failures of one request as an aggregate. */
function unwrapped(thrown: unknown): unknown {
  let error = thrown
  for (let depth = 0; depth < 8 && error !== null && typeof error === 'object'; depth++) {
    const { type, name, cause, errors } = error as {
      type?: unknown
      name?: unknown
      cause?: unknown
      errors?: unknown[]
    }
    const inner = name === 'KafkaJSAggregateError' ? errors?.[0] : wrapperNames.has(name) ? cause : undefined
    if (typeof type === 'string' || inner === undefined || inner === null) return error
    error = inner
  }
  return error
}

const wrapperNames = new Set<unknown>(['KafkaJSNumberOfRetriesExceeded', 'KafkaJSNonRetriableError'])
