import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timeWindows } from './time-windows.ts'

const starts = (windows: ReturnType<typeof timeWindows>, timestamp: number): number[] =>
  windows.at(timestamp).map(({ start }) => start)

describe('timeWindows', () => {
  it('cuts tumbling windows from the epoch on, end exclusive', () => {
    const windows = timeWindows({ kind: 'time', sizeMs: 10, advanceMs: 10, graceMs: 0 })
    expect([windows.at(0), windows.at(9), windows.at(10)]).toEqual([
      [{ start: 0, end: 10 }],
      [{ start: 0, end: 10 }],
      [{ start: 10, end: 20 }],
    ])
  })

  it('puts a record into every hopping window that holds it, none of them before 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.nat(500), (one, other, time) => {
        const [advanceMs, sizeMs] = [Math.min(one, other), Math.max(one, other)]
        const expected: number[] = []
        for (let start = 0; start <= time; start += advanceMs) if (start + sizeMs > time) expected.push(start)
        expect(starts(timeWindows({ kind: 'time', sizeMs, advanceMs, graceMs: 0 }), time)).toEqual(expected)
      }),
    )
  })

  it('knows which windows have ended by a time', () => {
    const calendar = timeWindows({ kind: 'calendar', unit: 'day', zone: 'UTC', graceMs: 0 })
    const dayMs = 86_400_000
    expect(calendar.lastClosedStart(dayMs - 1)).toBeLessThan(0)
    expect(calendar.from(calendar.lastClosedStart(2 * dayMs))).toEqual({ start: dayMs, end: 2 * dayMs })
    const hopping = timeWindows({ kind: 'time', sizeMs: 10, advanceMs: 5, graceMs: 0 })
    expect(hopping.lastClosedStart(15)).toBe(5)
  })

  it('has one window without an end for all that is not before its start', () => {
    const windows = timeWindows({ kind: 'unlimited', startMs: 10 })
    expect([starts(windows, 9), starts(windows, 10), starts(windows, 1e15)]).toEqual([[], [10], [10]])
    expect(windows.lastClosedStart(1e15)).toBeLessThan(0)
  })
})
