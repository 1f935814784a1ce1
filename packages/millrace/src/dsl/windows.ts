import {
  type CalendarWindowsSpec,
  type SessionWindowsSpec,
  type SlidingWindowsSpec,
  type TimeWindowsSpec,
  type UnlimitedWindowsSpec,
} from '../plan/index.ts'
import { calendarWindows, hourBucket } from '../time/index.ts'
import { invalidOption, notNegativeMs, positiveMs } from './checked-option.ts'

export interface GraceOption {
  /** How long after its end a window still takes late records, ms of stream time. Default 0. */
  readonly grace?: number
}

/** Windows of one size that follow each other: `[0, size)`, `[size, 2·size)` … since the epoch. */
export function tumbling(size: number, options: GraceOption = {}): TimeWindowsSpec {
  return hopping(size, { ...options, advance: size })
}

/** Windows of one size that begin every `advance`: a record falls into `size / advance` of them. */
export function hopping(size: number, options: GraceOption & { readonly advance: number }): TimeWindowsSpec {
  const sizeMs = positiveMs('size', size)
  const advanceMs = positiveMs('advance', options.advance)
  if (advanceMs > sizeMs)
    throw invalidOption('advance', options.advance, 'Make it at most the size, or records fall between.')
  return Object.freeze({ kind: 'time', sizeMs, advanceMs, graceMs: graceOf(options) })
}

/** Windows that hold all records at most `difference` apart, one per such set (KIP-450). */
export function sliding(difference: number, options: GraceOption = {}): SlidingWindowsSpec {
  return Object.freeze({
    kind: 'sliding',
    differenceMs: notNegativeMs('difference', difference),
    graceMs: graceOf(options),
  })
}

/** Sessions that end after `gap` without a record of the key. */
export function session(gap: number, options: GraceOption = {}): SessionWindowsSpec {
  return Object.freeze({ kind: 'session', gapMs: positiveMs('gap', gap), graceMs: graceOf(options) })
}

/** One window without an end; records before `start` (ms, default 0) are ignored. */
export function unlimited(options: { readonly start?: number } = {}): UnlimitedWindowsSpec {
  return Object.freeze({ kind: 'unlimited', startMs: notNegativeMs('start', options.start ?? 0) })
}

/** Days, weeks (from Monday), months or hours as the calendar of an IANA zone has them, daylight saving included. */
export function calendar(
  unit: 'hour' | 'day' | 'week' | 'month',
  options: GraceOption & { readonly zone: string },
): CalendarWindowsSpec {
  hourBucket({ zone: options.zone })
  return Object.freeze({ kind: 'calendar', unit, zone: options.zone, graceMs: graceOf(options) })
}

/**
 * How the end of such a window follows from its start, both ms; for serdes of windowed keys that another program or
 * topology wrote: `windowed(string(), { end: endOf(calendar('day', { zone })) })`.
 */
export function endOf(
  windows: TimeWindowsSpec | SlidingWindowsSpec | CalendarWindowsSpec | UnlimitedWindowsSpec,
): (start: number) => number {
  if (windows.kind === 'calendar') {
    const windowAt = calendarWindows(windows.unit, windows.zone)
    return (start) => windowAt(start).end
  }
  if (windows.kind === 'unlimited') return () => Number.MAX_SAFE_INTEGER
  const sizeMs = windows.kind === 'time' ? windows.sizeMs : windows.differenceMs
  return (start) => start + sizeMs
}

function graceOf(options: GraceOption): number {
  return notNegativeMs('grace', options.grace ?? 0)
}
