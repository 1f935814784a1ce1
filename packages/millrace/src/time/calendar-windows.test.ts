import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CalendarUnit, calendarWindows } from './calendar-windows.ts'

const at = (text: string): number => Date.parse(text)
const hour = 3_600_000

function windowOf(unit: CalendarUnit, zone: string, instant: string): string[] {
  const { start, end } = calendarWindows(unit, zone)(at(instant))
  return [new Date(start).toISOString(), new Date(end).toISOString()]
}

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Africa/Casablanca',
)
const unit = fc.constantFrom<CalendarUnit>('hour', 'day', 'week', 'month')
const instant = fc.integer({ min: 0, max: Date.UTC(2040, 0) })

describe('calendarWindows', () => {
  it('gives a day in which the clocks go forward 23 hours, and one in which they go back 25', () => {
    const day = calendarWindows('day', 'Europe/Berlin')
    const [spring, autumn] = [day(at('2025-03-30T12:00Z')), day(at('2025-10-26T12:00Z'))]
    expect([(spring.end - spring.start) / hour, (autumn.end - autumn.start) / hour]).toEqual([23, 25])
    expect(windowOf('day', 'Europe/Berlin', '2025-03-29T23:00Z')).toEqual([
      '2025-03-29T23:00:00.000Z',
      '2025-03-30T22:00:00.000Z',
    ])
  })

  it('begins weeks on Monday and months on the first, in the zone', () => {
    expect(windowOf('week', 'Europe/Berlin', '2025-10-26T20:00Z')).toEqual([
      '2025-10-19T22:00:00.000Z',
      '2025-10-26T23:00:00.000Z',
    ])
    expect(windowOf('month', 'America/New_York', '2025-03-01T04:59Z')).toEqual([
      '2025-02-01T05:00:00.000Z',
      '2025-03-01T05:00:00.000Z',
    ])
    expect(windowOf('month', 'America/New_York', '2025-12-31T12:00Z')).toEqual([
      '2025-12-01T05:00:00.000Z',
      '2026-01-01T05:00:00.000Z',
    ])
  })

  it('makes two windows of an hour that a zone has twice', () => {
    expect(windowOf('hour', 'Europe/Berlin', '2025-10-26T00:30Z')).toEqual([
      '2025-10-26T00:00:00.000Z',
      '2025-10-26T01:00:00.000Z',
    ])
    expect(windowOf('hour', 'Europe/Berlin', '2025-10-26T01:30Z')).toEqual([
      '2025-10-26T01:00:00.000Z',
      '2025-10-26T02:00:00.000Z',
    ])
  })

  it('cuts an hour where the clocks change by half of one', () => {
    // 02:00 +11:00 becomes 01:30 +10:30 at 15:00Z
    expect(windowOf('hour', 'Australia/Lord_Howe', '2025-04-05T15:10Z')).toEqual([
      '2025-04-05T15:00:00.000Z',
      '2025-04-05T15:30:00.000Z',
    ])
  })

  it('leaves out a day that a zone skips', () => {
    expect(windowOf('day', 'Pacific/Apia', '2011-12-30T09:59Z')[1]).toBe('2011-12-30T10:00:00.000Z')
    expect(windowOf('day', 'Pacific/Apia', '2011-12-30T10:00Z')).toEqual([
      '2011-12-30T10:00:00.000Z',
      '2011-12-31T10:00:00.000Z',
    ])
  })

  it('keeps to the new day where clocks go back over midnight', () => {
    // until 2011 St John's went from 00:01 back to 23:01
    const day = calendarWindows('day', 'America/St_Johns')
    const again = day(at('2010-11-07T03:00Z'))
    expect(again).toEqual(day(at('2010-11-07T12:00Z')))
    expect(new Date(again.start).toISOString()).toBe('2010-11-07T02:30:00.000Z')
  })

  it('begins what began before the epoch at 0', () => {
    expect(calendarWindows('month', 'Europe/Berlin')(0)).toEqual({ start: 0, end: at('1970-01-31T23:00Z') })
  })

  it('holds its instant, and windows follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(unit, zone, instant, (name, where, instantMs) => {
        const windowAt = calendarWindows(name, where)
        const window = windowAt(instantMs)
        expect(window.start <= instantMs && instantMs < window.end).toBe(true)
        expect(windowAt(window.end).start).toBe(window.end)
        expect(window.start === 0 || windowAt(window.start - 1).end === window.start).toBe(true)
        expect(calendarWindows(name, where)(window.end - 1)).toEqual(window)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15])('refuses %s', (instantMs) => {
    expect(() => calendarWindows('day', 'UTC')(instantMs)).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    )
  })

  it('refuses an unknown zone when it is made', () => {
    expect(() => calendarWindows('day', 'Europe/Atlantis')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
