/** How time is cut into windows. All times are event time in ms. */
export type WindowSpec =
  | TimeWindowsSpec
  | CalendarWindowsSpec
  | SlidingWindowsSpec
  | SessionWindowsSpec
  | UnlimitedWindowsSpec

/** Tumbling where `advanceMs` equals `sizeMs`, else hopping: `[start, end)`, aligned to the epoch. */
export interface TimeWindowsSpec {
  readonly kind: 'time'
  readonly sizeMs: number
  readonly advanceMs: number
  readonly graceMs: number
}

/** Hours, days, weeks (from Monday) or months of an IANA zone: `[start, end)`, as long as the calendar makes them. */
export interface CalendarWindowsSpec {
  readonly kind: 'calendar'
  readonly unit: 'hour' | 'day' | 'week' | 'month'
  readonly zone: string
  readonly graceMs: number
}

/** Windows `[start, start + differenceMs]`, both inclusive, one per set of records that lie that close (KIP-450). */
export interface SlidingWindowsSpec {
  readonly kind: 'sliding'
  readonly differenceMs: number
  readonly graceMs: number
}

/** Sessions `[first, last]`, both inclusive, that end after `gapMs` without a record. */
export interface SessionWindowsSpec {
  readonly kind: 'session'
  readonly gapMs: number
  readonly graceMs: number
}

/** One window from `startMs` on. */
export interface UnlimitedWindowsSpec {
  readonly kind: 'unlimited'
  readonly startMs: number
}
