import { describe, expect, it } from 'vitest'
import {
  calendar,
  endOf,
  hopping,
  json,
  long,
  sliding,
  string,
  topology,
  tumbling,
  unlimited,
  windowed,
  type Windowed,
} from '../index.ts'
import { testDriver } from '../testing/index.ts'

const athens = { zone: 'Europe/Athens' }
/** The days on which clocks change are 23 and 25 hours long. */
const times = ['2025-03-29T12:00Z', '2025-03-30T12:00Z', '2025-10-26T12:00Z', '2025-02-10T00:00Z'].map((at) =>
  Date.parse(at),
)

type Windows = Parameters<typeof endOf>[0]
const kinds: readonly (readonly [string, Windows])[] = [
  ['days of a calendar', calendar('day', athens)],
  ['hours of a calendar', calendar('hour', athens)],
  ['weeks of a calendar', calendar('week', athens)],
  ['months of a calendar', calendar('month', athens)],
  ['tumbling windows', tumbling(1_000)],
  ['hopping windows', hopping(1_000, { advance: 300 })],
  ['sliding windows', sliding(1_000)],
  ['sliding windows of no length', sliding(0)],
  ['windows without an end', unlimited({ start: 5 })],
]

/** Windows as their operation makes them, and as they come out of an internal topic. */
function windowsOf(windows: Windows) {
  const driver = testDriver(
    topology('t', (t) => {
      const serde = { key: windowed(string(), { end: endOf(windows) }) }
      const counts = t.source('in', { value: json() }).groupByKey().windowedBy(windows).count().toStream()
      counts.map(({ key, value }) => ({ key: JSON.stringify(key), value })).to('made', { key: string() })
      counts
        .repartition({ name: 'r' })
        .map(({ key, value }) => ({ key: JSON.stringify(key), value }))
        .to('read', { key: string() })
      counts.to('written', serde)
    }),
  )
  for (const at of times.toSorted((left, right) => left - right)) driver.input('in').send('k', 1, { at })
  const keys = (topic: string) =>
    driver
      .output(topic)
      .records()
      .map((one) => one.key)
  return { made: keys('made'), read: keys('read'), written: keys('written').map((key) => JSON.stringify(key)) }
}

describe('the end of a window', () => {
  it.each(kinds)('is the same behind an internal topic, and in a topic: %s', (_kind, windows) => {
    const { made, read, written } = windowsOf(windows)
    expect(made.length).toBeGreaterThanOrEqual(times.length)
    expect(read).toEqual(made)
    expect(written).toEqual(made)
  })

  it('is where the calendar says', () => {
    const hours = 3_600_000
    const lengths = windowsOf(calendar('day', athens)).made.map((text) => {
      const { window } = JSON.parse(text as string) as Windowed<string>
      return (window.end - window.start) / hours
    })
    expect(lengths).toEqual([24, 24, 23, 25])
  })

  it('survives a table that groups and joins by window', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const days = t.source('in', { value: json<number>() }).groupByKey().windowedBy(calendar('day', athens)).count()
        const again = days
          .groupBy(({ key, value }) => ({ key, value }), {
            key: windowed(string(), { end: endOf(calendar('day', athens)) }),
            value: long(),
          })
          .reduce({ add: (_, value) => value, subtract: (left) => left })
        days
          .joinTable(again, { type: 'inner', select: (left, right) => left + right })
          .toStream()
          .map(({ key, value }) => ({ key: `${key.window.end - key.window.start}`, value }))
          .to('out', { key: string() })
      }),
    )
    driver.input('in').send('k', 1, { at: times[1]! })
    expect(driver.output('out').records()).toMatchObject([{ key: `${23 * 3_600_000}`, value: 2 }])
  })
})
