import { hours, minutes } from 'millrace'
import { testDriver, type TestDriver } from 'millrace/testing'
import { describe, expect, it, vi } from 'vitest'
import { byHour, hourly, kinds, once, suppressed } from './windows.ts'

const values = (driver: TestDriver, topic: string): unknown[] =>
  driver
    .output(topic)
    .records()
    .map((record) => record.value)

const send = (driver: TestDriver, ...times: number[]): void => {
  for (const at of times) driver.input('readings').send('s1', { celsius: 20 }, { at })
}

describe('snippets of windows', () => {
  it('aggregate per hour and hand over what is late', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const driver = testDriver(hourly)
    send(driver, 0, minutes(59), hours(1) + minutes(5), minutes(30))
    expect(values(driver, 'hourly')).toEqual([
      { from: 0, mean: 20 },
      { from: 0, mean: 20 },
      { from: hours(1), mean: 20 },
    ])
    expect(driver.total('records-dropped')).toBe(1)
    expect(warn.mock.calls).toEqual([[`late: s1 at ${minutes(30)}`]])
    warn.mockRestore()
  })

  it('cut time in four ways', () => {
    const driver = testDriver(kinds)
    const at = Date.UTC(2025, 2, 30, 10)
    send(driver, at)
    expect(values(driver, 'moving')).toHaveLength(4)
    expect(values(driver, 'close')).toEqual([{ start: at - minutes(10), end: at, count: 1 }])
    expect(values(driver, 'visits')).toEqual([{ start: at, end: at, count: 1 }])
    // the clocks go forward on that day: it has 23 hours
    const midnight = Date.UTC(2025, 2, 29, 22)
    expect(values(driver, 'days')).toEqual([{ start: midnight, end: midnight + hours(23), count: 1 }])
  })

  it('give one result per window, also when nothing comes any more', () => {
    const driver = testDriver(once)
    send(driver, 0, 1)
    send(driver, hours(1) + minutes(5))
    expect(values(driver, 'once')).toEqual([{ from: 0, count: 2 }])
    driver.advanceWallClock(minutes(10))
    expect(values(driver, 'once')).toEqual([
      { from: 0, count: 2 },
      { from: hours(1), count: 1 },
    ])
  })

  it('hold updates back', () => {
    const driver = testDriver(suppressed)
    send(driver, 0, 1, 2, 10_000, hours(1) + minutes(5))
    expect(values(driver, 'final')).toEqual([4])
    expect(values(driver, 'calmer')).toEqual([4])
  })

  it('name the hour', () => {
    const driver = testDriver(byHour)
    send(driver, Date.UTC(2025, 2, 27, 9, 56))
    expect(values(driver, 'readings.by-hour')).toEqual([{ celsius: 20, hour: '2025-03-27 11:00' }])
  })
})
