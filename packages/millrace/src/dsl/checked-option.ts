import { StreamsError } from '../errors/index.ts'
import { callSite } from '../plan/index.ts'

/** A length of time above 0, whole ms. Throws OPTION_INVALID, with the place where the user wrote it. */
export function positiveMs(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw invalidOption(option, value, 'Give whole milliseconds above 0, e.g. hours(1).')
}

/** A length of time that may be 0, whole ms. */
export function notNegativeMs(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw invalidOption(option, value, 'Give whole milliseconds that are not negative, e.g. minutes(5).')
}

export function positiveCount(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw invalidOption(option, value, 'Give a whole number above 0.')
}

/** Bytes of the record cache. */
export function cacheBytesOf({ cache = 0 }: { readonly cache?: number }): number {
  if (Number.isInteger(cache) && cache >= 0) return cache
  throw invalidOption('cache', cache, 'Give a whole number of bytes, or 0 for no cache.')
}

export function invalidOption(option: string, value: unknown, hint: string): StreamsError {
  return new StreamsError({ code: 'OPTION_INVALID', what: `${option} is ${String(value)}`, hint, callSite: callSite() })
}
