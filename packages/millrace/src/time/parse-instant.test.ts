import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInstant } from './parse-instant.ts'
import { zoneOffsets } from './zones.ts'

const utc = { zone: 'UTC' }
const berlin = { zone: 'Europe/Berlin' }
const at = (text: string): number => Date.parse(text)

describe('parseInstant', () => {
  it.each([
    ['2025-03-27T09:56:10.841672', '2025-03-27T09:56:10.841Z'],
    ['2025-03-27 09:56:10.841672', '2025-03-27T09:56:10.841Z'],
    ['2025-03-27T09:56:10', '2025-03-27T09:56:10Z'],
    ['2025-03-27T09:56', '2025-03-27T09:56:00Z'],
    ['2025-03-27T09:56Z', '2025-03-27T09:56:00Z'],
    ['2025-03-27T09:56:10.5Z', '2025-03-27T09:56:10.500Z'],
    ['2025-03-27T09:56:10,05Z', '2025-03-27T09:56:10.050Z'],
    ['2025-03-27T09:56:10.999999999Z', '2025-03-27T09:56:10.999Z'],
    ['2025-03-27T09:56:10+05:30', '2025-03-27T04:26:10Z'],
    ['2025-03-27T09:56:10-0330', '2025-03-27T13:26:10Z'],
    ['2025-03-27T09:56:10+02', '2025-03-27T07:56:10Z'],
    ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00Z'],
    ['1900-01-01T00:00:00.001Z', '1900-01-01T00:00:00.001Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, expected) => {
    expect(parseInstant(text, utc)).toBe(at(expected))
  })

  it.each([
    '',
    '2025-03-27',
    '2025-03-27T09',
    '2025-3-27T09:56:10',
    '2025-02-29T00:00',
    '2100-02-29T00:00',
    '2025-04-31T00:00',
    '2025-00-01T00:00',
    '2025-13-01T00:00',
    '2025-01-00T00:00',
    '2025-03-27T24:00:00',
    '2025-03-27T09:60',
    '2025-03-27T09:56:60',
    '2025-03-27T09:56:',
    '2025-03-27T09:56:1',
    '2025-03-27T09:56:10.',
    '2025-03-27T09:56:10.1234567890',
    '2025-03-27T09:56:10z',
    '2025-03-27T09:56:10Z ',
    ' 2025-03-27T09:56:10Z',
    '2025-03-27T09:56:10+',
    '2025-03-27T09:56:10+5',
    '2025-03-27T09:56:10+05:3',
    '2025-03-27T09:56:10+05:60',
    '2025-03-27T09:56:10+18:01',
    '2025-03-27T09:56:10+05:300',
    '2025-03-27T09:56:10 +05:30',
    '2025-03-27T-9:56:10',
    '2025-03-27T09:56:10+0a:00',
    '2025-03-27T09:5/:10',
    '2025-03-27T09:56:1:',
    '2025-03-27T09:56:10.8Z1',
    '2025/03/27T09:56:10',
    'Thu, 27 Mar 2025 09:56:10 GMT',
    '1743069370000',
  ])('answers undefined for "%s"', (text) => {
    expect(parseInstant(text, utc)).toBeUndefined()
  })

  it('answers undefined for what is not a string', () => {
    expect(parseInstant(1_743_069_370_000 as never, utc)).toBeUndefined()
  })

  it('agrees with Date.parse on everything that toISOString writes', () => {
    const dates = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') })
    fc.assert(
      fc.property(
        dates.filter((date) => !Number.isNaN(date.getTime())),
        (date) => {
          expect(parseInstant(date.toISOString(), berlin)).toBe(date.getTime())
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('parseInstant in a time zone', () => {
  it('reads text without offset in the named zone, in winter and in summer', () => {
    expect(parseInstant('2025-01-01T12:00', berlin)).toBe(at('2025-01-01T11:00Z'))
    expect(parseInstant('2025-07-01T12:00', berlin)).toBe(at('2025-07-01T10:00Z'))
  })

  it('lets an offset in the text win', () => {
    expect(parseInstant('2025-07-01T12:00Z', berlin)).toBe(at('2025-07-01T12:00Z'))
  })

  it('takes the earlier of two times in the hour that a zone has twice', () => {
    expect(parseInstant('2025-10-26T01:59:59', berlin)).toBe(at('2025-10-25T23:59:59Z'))
    expect(parseInstant('2025-10-26T02:30', berlin)).toBe(at('2025-10-26T00:30Z'))
    expect(parseInstant('2025-10-26T03:00', berlin)).toBe(at('2025-10-26T02:00Z'))
  })

  it('moves a time that a zone skips forward by what is skipped', () => {
    expect(parseInstant('2025-03-30T01:59:59', berlin)).toBe(at('2025-03-30T00:59:59Z'))
    expect(parseInstant('2025-03-30T02:30', berlin)).toBe(at('2025-03-30T01:30Z'))
    expect(parseInstant('2025-03-30T03:00', berlin)).toBe(at('2025-03-30T01:00Z'))
  })

  it('moves a day that a zone skips by a day', () => {
    expect(parseInstant('2011-12-30T12:00', { zone: 'Pacific/Apia' })).toBe(at('2011-12-30T22:00Z'))
  })

  it('gives back every instant from its local text, or an earlier one with the same text', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Africa/Monrovia',
      'America/St_Johns',
    )
    const instant = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) })
    fc.assert(
      fc.property(zone, instant, (name, instantMs) => {
        const offsetMs = zoneOffsets(name).spanAt(instantMs).offsetMs
        const text = new Date(instantMs + offsetMs).toISOString().slice(0, -1)
        const parsed = parseInstant(text, { zone: name })!
        expect(parsed).toBeLessThanOrEqual(instantMs)
        expect(parsed + zoneOffsets(name).spanAt(parsed).offsetMs).toBe(instantMs + offsetMs)
      }),
      { numRuns: 2_000 },
    )
  })

  it('refuses an unknown zone even when the text has an offset', () => {
    expect(() => parseInstant('2025-07-01T12:00Z', { zone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})
