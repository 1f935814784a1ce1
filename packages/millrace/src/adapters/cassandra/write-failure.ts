import driver from 'cassandra-driver'

const { errors, types } = driver
const codes = types.responseErrorCodes

/**
 * What to do about a failed write. `busy`: retry, with fewer requests at a time. `down`: retry until someone answers.
 * `unclear`: it failed for a reason of its own;
 * retry, but not for ever. `refused`: the same row will be refused again.
 * `unprepared`: the server forgot the statement and the driver could not prepare it again, and does not say why.
 */
export type WriteFailure = 'busy' | 'down' | 'unclear' | 'refused' | 'unprepared'

/** Tells what a failed write means, from the driver's error classes and the protocol's codes. */
export function writeFailure(error: unknown): WriteFailure {
  if (error instanceof errors.NoHostAvailableError) return hostFailure(Object.values(error.innerErrors ?? {}))
  if (error instanceof errors.BusyConnectionError || error instanceof errors.OperationTimedOutError) return 'busy'
  if (error instanceof errors.ResponseError) return byCode.get(error.code) ?? 'unclear'
  if (isSocketError(error)) return 'down'
  return 'unclear'
}

/** What a host answered counts more than that another one did not: a busy one shows that the cluster is up. */
function hostFailure(inner: readonly unknown[]): WriteFailure {
  const failures = inner.filter((error) => typeof error === 'object' && error !== null).map(writeFailure)
  return failures.find((failure) => failure === 'unprepared' || failure === 'busy') ?? 'down'
}

function isSocketError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'isSocketError' in error && error.isSocketError === true
}

const byCode: ReadonlyMap<number, WriteFailure> = new Map<number, WriteFailure>([
  [codes.unavailableException, 'down'],
  [codes.isBootstrapping, 'down'],
  [codes.overloaded, 'busy'],
  [codes.truncateError, 'busy'],
  [codes.writeTimeout, 'busy'],
  [codes.readTimeout, 'busy'],
  [codes.unprepared, 'unprepared'],
  [codes.serverError, 'unclear'],
  [codes.writeFailure, 'unclear'],
  [codes.clientWriteFailure, 'unclear'],
  [codes.protocolError, 'refused'],
  [codes.syntaxError, 'refused'],
  [codes.unauthorized, 'refused'],
  [codes.invalid, 'refused'],
  [codes.configError, 'refused'],
])
