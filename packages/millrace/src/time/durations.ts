import { StreamsError, type TopologyTypeError } from '../errors/index.ts'

/** A length of time: whole ms, ≥ 0. */
export type Duration = number

/** Adds the sentence to a literal below 0. */
export type NotNegative<Count extends number> = `${Count}` extends `-${string}`
  ? TopologyTypeError<'a duration is not negative: give 0 or more'>
  : unknown

/** `count` milliseconds. Throws OPTION_INVALID for what is not a whole, finite number ≥ 0 of ms; so do the others. */
export function ms<Count extends number>(count: Count & NotNegative<Count>): Duration {
  return duration('ms', count, 1)
}

/** `count` seconds. */
export function seconds<Count extends number>(count: Count & NotNegative<Count>): Duration {
  return duration('seconds', count, 1_000)
}

/** `count` minutes. */
export function minutes<Count extends number>(count: Count & NotNegative<Count>): Duration {
  return duration('minutes', count, 60_000)
}

/** `count` hours. */
export function hours<Count extends number>(count: Count & NotNegative<Count>): Duration {
  return duration('hours', count, 3_600_000)
}

/** `count` days of 24 hours, whatever a time zone does. */
export function days<Count extends number>(count: Count & NotNegative<Count>): Duration {
  return duration('days', count, 86_400_000)
}

function duration(unit: string, count: number, unitMs: number): Duration {
  const exact = typeof count === 'number' ? count * unitMs : Number.NaN
  const whole = Math.round(exact)
  // 0.7 hours is 2519999.9999999995 in floating point; that is whole, 1.5 ms is not.
  if (whole >= 0 && Number.isSafeInteger(whole) && Math.abs(exact - whole) < 1e-3) return whole + 0
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `${unit}(${String(count)}) is not a duration`,
    hint: 'Give a finite number, 0 or more, that makes whole milliseconds.',
  })
}
