import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zoneOffsets } from './zones.ts'

// Half hours, three quarters, seconds, a day that was skipped, a change by half an hour, changes on both hemispheres.
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Africa/Monrovia',
  'Africa/Casablanca',
  'America/St_Johns',
  'Asia/Pyongyang',
]
const zone = fc.constantFrom(...zones)
const instant = fc.integer({ min: Date.UTC(1850, 0), max: Date.UTC(9999, 11, 31) })

const formats = new Map<string, Intl.DateTimeFormat>()

/** Asks Intl for local date and time, not for the offset as the code does. */
function offsetByIntl(name: string, instantMs: number): number {
  let format = formats.get(name)
  if (format === undefined) {
    const part = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const
    const rest = { minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, ...part, ...rest })
    formats.set(name, format)
  }
  const part = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]))
  const localMs = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second'])
  return localMs - Math.floor(instantMs / 1000) * 1000
}

describe('zoneOffsets', () => {
  it('agrees with Intl at any instant', () => {
    fc.assert(
      fc.property(zone, instant, (name, instantMs) => {
        expect(zoneOffsets(name).spanAt(instantMs).offsetMs).toBe(offsetByIntl(name, instantMs))
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps one offset from the first to the last ms of every span, and changes only where Intl changes', () => {
    fc.assert(
      fc.property(zone, instant, (name, instantMs) => {
        const { fromMs, toMs, offsetMs } = zoneOffsets(name).spanAt(instantMs)
        expect(fromMs <= instantMs && instantMs < toMs).toBe(true)
        if (name === 'UTC') return
        expect([offsetByIntl(name, fromMs), offsetByIntl(name, toMs - 1)]).toEqual([offsetMs, offsetMs])
      }),
      { numRuns: 500 },
    )
  })

  it('finds the second at which an offset changes', () => {
    const changeMs = Date.UTC(2025, 9, 26, 1)
    const berlin = zoneOffsets('Europe/Berlin')
    expect(berlin.spanAt(changeMs - 1)).toMatchObject({ toMs: changeMs, offsetMs: 7_200_000 })
    expect(berlin.spanAt(changeMs)).toMatchObject({ fromMs: changeMs, offsetMs: 3_600_000 })
  })

  it('knows offsets with seconds', () => {
    expect(zoneOffsets('Africa/Monrovia').spanAt(Date.UTC(1960, 0)).offsetMs).toBe(-(44 * 60 + 30) * 1000)
  })

  it('refuses a zone that is not known, and suggests one', () => {
    expect(() => zoneOffsets('berlin')).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', hint: expect.stringContaining("'Europe/Berlin'") as string }),
    )
  })

  it.each([undefined, '', 'UTC+1', 7])('refuses %s as a zone, rather than take the zone of the machine', (name) => {
    expect(() => zoneOffsets(name as string)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])('refuses %s as an instant', (instantMs) => {
    expect(() => zoneOffsets('Europe/Berlin').spanAt(instantMs)).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    )
  })
})
