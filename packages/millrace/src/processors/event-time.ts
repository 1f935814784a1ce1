import { messageOf, StreamsError } from '../errors/index.ts'
import { parseInstant } from '../time/index.ts'

/** Whether an ISO text says its own offset from UTC. */
const withOffset = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i

/** As far as a Date reaches, ms: later times are micro- or nanoseconds, and would not be exact as numbers. */
export const latestTime = 8.64e15

/**
 * Event time in whole ms of what a user's `at` gave: ms (a fraction is cut), a Date, or an ISO text. A text without an offset is read in `zone`,
 * never in the machine's. Throws TIMESTAMP_INVALID.
 */
export function eventTime(given: unknown, zone?: string): number {
  if (typeof given === 'number' && given >= 0 && given <= latestTime) return Math.floor(given)
  if (given instanceof Date && given.getTime() >= 0) return given.getTime()
  if (typeof given === 'string' && (zone !== undefined || withOffset.test(given))) {
    const parsed = parseInstant(given, { zone: zone ?? 'UTC' })
    if (parsed !== undefined && parsed >= 0) return parsed
  }
  throw new StreamsError({
    code: 'TIMESTAMP_INVALID',
    what: `${shown(given)} is not a time`,
    hint:
      typeof given === 'string'
        ? 'Give ISO-8601 with an offset or Z, or convert it with parseInstant(text, { zone }) first.'
        : 'Give ms since the epoch (not negative), a valid Date, or an ISO-8601 text.',
  })
}

function shown(given: unknown): string {
  if (typeof given === 'string') return `'${given.slice(0, 60)}'`
  try {
    return String(given)
  } catch (thrown) {
    return messageOf(thrown)
  }
}
