import type { CalendarWindowsSpec, TimeWindowsSpec, UnlimitedWindowsSpec } from '../plan/index.ts'
import type { TimeWindow } from '../ports/state-store.ts'
import { calendarWindows } from '../time/index.ts'

/** How records fall into windows `[start, end)`; a store knows a window by its start. */
export interface TimeWindows {
  readonly graceMs: number
  /** The windows that hold a time, ascending. */
  at(timestamp: number): readonly TimeWindow[]
  /** The window that begins at `start`. */
  from(start: number): TimeWindow
  /** The largest start of a window with `end ≤ closeMs`, or more where no window begins in between; negative for none. */
  lastClosedStart(closeMs: number): number
}

export function timeWindows(spec: TimeWindowsSpec | CalendarWindowsSpec | UnlimitedWindowsSpec): TimeWindows {
  if (spec.kind === 'calendar') return calendar(spec)
  if (spec.kind === 'unlimited') return unlimited(spec)
  return spec.advanceMs === spec.sizeMs ? tumbling(spec) : hopping(spec)
}

function tumbling({ sizeMs, graceMs }: TimeWindowsSpec): TimeWindows {
  // records mostly fall into the window of the record before
  let last: readonly [TimeWindow] = [{ start: 0, end: sizeMs }]
  const from = (start: number): TimeWindow => {
    if (last[0].start !== start) last = [{ start, end: start + sizeMs }]
    return last[0]
  }
  return {
    graceMs,
    at: (timestamp) => {
      from(timestamp - (timestamp % sizeMs))
      return last
    },
    from,
    lastClosedStart: (closeMs) => closeMs - sizeMs,
  }
}

function hopping({ sizeMs, advanceMs, graceMs }: TimeWindowsSpec): TimeWindows {
  const from = (start: number): TimeWindow => ({ start, end: start + sizeMs })
  let lastFirst = -1
  let lastStart = -1
  let last: readonly TimeWindow[] = []
  return {
    graceMs,
    at: (timestamp) => {
      const first = Math.floor(Math.max(0, timestamp - sizeMs + advanceMs) / advanceMs) * advanceMs
      const lastOne = timestamp - (timestamp % advanceMs)
      if (first === lastFirst && lastOne === lastStart) return last
      const windows: TimeWindow[] = []
      for (let start = first; start <= lastOne; start += advanceMs) windows.push(from(start))
      lastFirst = first
      lastStart = lastOne
      last = windows
      return last
    },
    from,
    lastClosedStart: (closeMs) => closeMs - sizeMs,
  }
}

function calendar({ unit, zone, graceMs }: CalendarWindowsSpec): TimeWindows {
  const windowAt = calendarWindows(unit, zone)
  return {
    graceMs,
    at: (timestamp) => [windowAt(timestamp)],
    from: windowAt,
    // what began before the window that holds the close time has ended by it
    lastClosedStart: (closeMs) => (closeMs < 0 ? -1 : windowAt(closeMs).start - 1),
  }
}

function unlimited({ startMs }: UnlimitedWindowsSpec): TimeWindows {
  const window: TimeWindow = { start: startMs, end: Number.MAX_SAFE_INTEGER }
  const only = [window]
  return {
    graceMs: 0,
    at: (timestamp) => (timestamp >= startMs ? only : []),
    from: () => window,
    lastClosedStart: () => -1,
  }
}
