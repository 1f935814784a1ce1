import { json, long, minutes, string, topology, tumbling } from 'millrace'
import type { KeyValueStore } from 'millrace/ports'
import { testDriver } from 'millrace/testing'
import { expect, it } from 'vitest'

// #region topology
const clicks = topology('clicks', (t) => {
  const pages = t.source('clicks', { value: string() }).groupByKey()
  pages.count({ store: 'total' }).toStream().to('clicks.total', { value: long() })
  pages
    .windowedBy(tumbling(minutes(1)))
    .count()
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value: { from: key.window.start, count: value } }))
    .to('clicks.per-minute', { value: json() })
})
// #endregion

// #region test
it('counts clicks in total and per minute', () => {
  const driver = testDriver(clicks)
  driver.input('clicks').send('home', 'ann', { at: '2025-03-27T09:56:10Z' })
  driver.input('clicks').send('home', 'bob', { at: '2025-03-27T09:57:00Z' })
  driver.input('clicks').send('home', 'eve', { at: '2025-03-27T09:56:59Z' }) // its minute is over

  expect(driver.output('clicks.total').records()).toMatchObject([
    { key: 'home', value: 1 },
    { key: 'home', value: 2 },
    { key: 'home', value: 3 },
  ])
  expect(driver.output('clicks.per-minute').records()).toHaveLength(2)
  expect(driver.total('records-dropped')).toBe(1)

  const total = driver.store<KeyValueStore<string, { value: number; timestamp: number }>>('total')
  expect(total.get('home')?.value).toBe(3)
})
// #endregion
