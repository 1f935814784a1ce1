import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourBucket } from './hour-bucket.ts'

const at = (text: string): number => Date.parse(text)

function bucketsOf(zone: string, offset: boolean, ...instants: string[]): string[] {
  const bucket = hourBucket({ zone, offset })
  return instants.map((text) => bucket(at(text)))
}

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Africa/Monrovia',
  'America/New_York',
)

const formats = new Map<string, Intl.DateTimeFormat>()
function bucketByIntl(zone: string, instantMs: number): string {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, ...fields })
  formats.set(zone, format)
  const part = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:00`
}

describe('hourBucket', () => {
  it('names the hour in UTC', () => {
    expect(bucketsOf('UTC', false, '2025-03-27T09:56:10.841Z', '2025-03-27T10:00:00Z', '2025-03-27T09:00:00Z')).toEqual(
      ['2025-03-27 09:00', '2025-03-27 10:00', '2025-03-27 09:00'],
    )
  })

  it('cuts hours where a zone with half or quarter hours cuts them', () => {
    expect(bucketsOf('Asia/Kathmandu', false, '2025-01-01T00:14:59Z', '2025-01-01T00:15:00Z')).toEqual([
      '2025-01-01 05:00',
      '2025-01-01 06:00',
    ])
    expect(bucketsOf('Asia/Kolkata', true, '2025-01-01T00:29:59Z', '2025-01-01T00:30:00Z')).toEqual([
      '2025-01-01 05:00+05:30',
      '2025-01-01 06:00+05:30',
    ])
  })

  const autumn = ['2025-10-25T23:30Z', '2025-10-26T00:30Z', '2025-10-26T01:30Z', '2025-10-26T02:30Z']

  it('gives an hour that a zone has twice one bucket', () => {
    expect(bucketsOf('Europe/Berlin', false, ...autumn)).toEqual([
      '2025-10-26 01:00',
      '2025-10-26 02:00',
      '2025-10-26 02:00',
      '2025-10-26 03:00',
    ])
  })

  it('gives it two when the offset is asked for', () => {
    expect(bucketsOf('Europe/Berlin', true, ...autumn, autumn[1]!)).toEqual([
      '2025-10-26 01:00+02:00',
      '2025-10-26 02:00+02:00',
      '2025-10-26 02:00+01:00',
      '2025-10-26 03:00+01:00',
      '2025-10-26 02:00+02:00',
    ])
  })

  it('leaves out the hour that a zone skips', () => {
    expect(bucketsOf('Europe/Berlin', false, '2025-03-30T00:59:59Z', '2025-03-30T01:00Z')).toEqual([
      '2025-03-30 01:00',
      '2025-03-30 03:00',
    ])
  })

  it('writes west of Greenwich, seconds and UTC with sign', () => {
    expect(bucketsOf('America/St_Johns', true, '2025-01-01T00:00Z')).toEqual(['2024-12-31 20:00-03:30'])
    expect(bucketsOf('Africa/Monrovia', true, '1971-01-01T00:00Z')).toEqual(['1970-12-31 23:00-00:44:30'])
    expect(bucketsOf('UTC', true, '2025-01-01T00:00Z')).toEqual(['2025-01-01 00:00+00:00'])
  })

  it('reaches from 1970 to the end of 9999, each as the zone has it', () => {
    expect(bucketsOf('America/New_York', false, '1970-01-01T00:00Z')).toEqual(['1969-12-31 19:00'])
    expect(bucketsOf('America/New_York', false, '9999-12-31T23:59:59Z')).toEqual(['9999-12-31 18:00'])
    expect(() => bucketsOf('Europe/Berlin', false, '9999-12-31T23:30Z')).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    )
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '2025' as never, new Date(0) as never, undefined as never])(
    'refuses %s',
    (instantMs) => {
      const bucket = hourBucket({ zone: 'UTC' })
      bucket(0)
      expect(() => bucket(instantMs)).toThrow(expect.objectContaining({ code: 'TIMESTAMP_INVALID' }))
    },
  )

  it('refuses an unknown zone when it is made', () => {
    expect(() => hourBucket({ zone: 'Europe/Atlantis' })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  it('agrees with Intl on any stream of times, whatever came before', () => {
    const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0) })
    const stream = instant.chain((start) =>
      fc.array(fc.integer({ min: start, max: start + 7_200_000 }), { minLength: 1, maxLength: 8 }),
    )
    fc.assert(
      fc.property(zone, fc.array(stream, { maxLength: 3 }), (name, streams) => {
        const bucket = hourBucket({ zone: name })
        for (const instantMs of streams.flat()) expect(bucket(instantMs)).toBe(bucketByIntl(name, instantMs))
      }),
      { numRuns: 150 },
    )
  })

  it('agrees with Intl around every change of offset of a year', () => {
    for (const name of ['Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca']) {
      const bucket = hourBucket({ zone: name })
      for (let instantMs = Date.UTC(2011, 0); instantMs < Date.UTC(2012, 0, 3); instantMs += 45 * 60_000) {
        expect(bucket(instantMs)).toBe(bucketByIntl(name, instantMs))
      }
    }
  })
})
