import { describe, expect, it } from 'vitest'
import { days, hours, minutes, ms, seconds } from './durations.ts'

describe('durations', () => {
  it('are milliseconds', () => {
    expect([ms(5), seconds(30), minutes(2), hours(1), days(1)]).toEqual([5, 30_000, 120_000, 3_600_000, 86_400_000])
  })

  it('take fractions that make whole milliseconds', () => {
    expect([seconds(0.25), hours(0.7), ms(0)]).toEqual([250, 2_520_000, 0])
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 0.0004, 1e300, '3' as never])('refuse %s seconds', (count) => {
    expect(() => seconds(count)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(`seconds(${count})`) as string,
      }),
    )
  })
})
