import { notAnInstant } from './not-an-instant.ts'
import { zoneOffsets, type ZoneOffsets } from './zones.ts'

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month'

/** A stretch `[start, end)` of a calendar, both ms since the epoch. */
export interface CalendarWindow {
  readonly start: number
  readonly end: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const maxInstantMs = 8.64e15 - 40 * dayMs

/**
 * Makes the function from an instant (ms since the epoch, not negative) to the hour, day, week (from Monday) or month
 * that holds it in a zone. Windows follow each other without gap or overlap: a day is 23 or 25 hours long where the
 * clocks change in it, a day that a zone skips does not exist, and the hour that a zone has twice is two windows. Where
 * clocks change by less than an hour, or at midnight, a window ends or begins with the change. What began before the
 * epoch begins at 0. Throws OPTION_INVALID for an unknown zone; the function throws TIMESTAMP_INVALID.
 */
export function calendarWindows(unit: CalendarUnit, zone: string): (instantMs: number) => CalendarWindow {
  const offsets = zoneOffsets(zone)
  const find = unit === 'hour' ? hourAt : dayBased(unit)
  let last: CalendarWindow = { start: 0, end: 0 }
  return (instantMs) => {
    if (instantMs >= last.start && instantMs < last.end) return last
    if (!(instantMs >= 0 && instantMs <= maxInstantMs)) throw notAnInstant(instantMs)
    const { start, end } = find(instantMs, offsets)
    last = Object.freeze({ start: Math.max(start, 0), end })
    return last
  }
}

type Find = (instantMs: number, offsets: ZoneOffsets) => CalendarWindow

/** Local hours, cut where the offset changes. */
function hourAt(instantMs: number, offsets: ZoneOffsets): CalendarWindow {
  const { offsetMs } = offsets.spanAt(instantMs)
  const start = Math.floor((instantMs + offsetMs) / hourMs) * hourMs - offsetMs
  let from = instantMs
  while (from > start) {
    const span = offsets.spanAt(from - 1)
    if (span.offsetMs !== offsetMs) break
    from = Math.max(start, span.fromMs)
  }
  let to = instantMs
  while (to < start + hourMs) {
    const span = offsets.spanAt(to)
    if (span.offsetMs !== offsetMs) break
    to = Math.min(start + hourMs, span.toMs)
  }
  return { start: from, end: to }
}

/** From the first instant of one local date to the first instant of another. */
function dayBased(unit: 'day' | 'week' | 'month'): Find {
  const [firstDay, dayAfter] = bounds[unit]
  return (instantMs, offsets) => {
    let first = firstDay(Math.floor((instantMs + offsets.spanAt(instantMs).offsetMs) / dayMs))
    // clocks that go back over midnight show the old date again: the new day has begun all the same
    while (firstInstant(dayAfter(first), offsets) <= instantMs) first = dayAfter(first)
    return { start: firstInstant(first, offsets), end: firstInstant(dayAfter(first), offsets) }
  }
}

/** The first day of the stretch that holds a day, and the first day after it; days since the epoch. */
type Bounds = readonly [(day: number) => number, (day: number) => number]

const weekStart = (day: number): number => day - ((((day + 3) % 7) + 7) % 7)

const bounds: Readonly<Record<'day' | 'week' | 'month', Bounds>> = {
  day: [(day) => day, (day) => day + 1],
  // 1970-01-01 was a Thursday
  week: [weekStart, (day) => weekStart(day) + 7],
  month: [(day) => monthStart(day, 0), (day) => monthStart(day, 1)],
}

function monthStart(day: number, later: number): number {
  const date = new Date(day * dayMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later) / dayMs
}

/**
 * The first instant whose local date is `day` or later. Offsets lie within 26 hours of each other at most, so it is
 * found by trying the offsets in force around local midnight: usually one, two around a change.
 */
function firstInstant(day: number, offsets: ZoneOffsets): number {
  const midnightMs = day * dayMs
  let first = Number.POSITIVE_INFINITY
  for (let instantMs = midnightMs - 15 * hourMs; instantMs <= midnightMs + 15 * hourMs;) {
    const span = offsets.spanAt(instantMs)
    const within = Math.max(midnightMs - span.offsetMs, span.fromMs)
    if (within < span.toMs && within < first) first = within
    instantMs = span.toMs
  }
  return first
}
