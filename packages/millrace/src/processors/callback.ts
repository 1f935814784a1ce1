import { StreamsError } from '../errors/index.ts'

/** User code as processors call it: the plan has checked its types. */
export type UserFunction = (...args: unknown[]) => unknown

/** The error for a callback that answered with a promise where the next step needs the answer now. */
export function promiseReturned(operation: string): StreamsError {
  return new StreamsError({
    code: 'CALLBACK_ASYNC',
    what: `The callback of ${operation} returned a promise`,
    hint: 'Await in mapValuesAsync(); every other callback is synchronous.',
  })
}

/** The error for a callback that returned something its operation cannot use. */
export function unusable(operation: string, wanted: string, got: unknown): StreamsError {
  return new StreamsError({
    code: 'CALLBACK_RESULT_INVALID',
    what: `The callback of ${operation} returned ${got === null ? 'null' : typeof got}`,
    hint: `Return ${wanted}.`,
  })
}
