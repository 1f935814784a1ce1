import { hours } from 'millrace'
import type { KeyValueStore } from 'millrace/ports'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { firstPages, named, withoutDuplicates } from './state.ts'

describe('snippets of state', () => {
  it('name the store of a count', () => {
    const driver = testDriver(named)
    driver.input('visits').send('home', 'ann', { at: 7 })
    driver.input('visits').send('home', 'bob', { at: 5 })
    const store = driver.store<KeyValueStore<string, { value: number; timestamp: number }>>('visits-per-page')
    expect(store.get('home')).toEqual({ value: 2, timestamp: 7 })
  })

  it('remember the first page of a visitor', () => {
    const driver = testDriver(firstPages)
    for (const page of ['home', 'cart']) driver.input('visits').send('ann', page)
    driver.input('visits').send(null, 'home')
    expect(driver.output('first-pages').records()).toMatchObject([{ key: 'ann', value: 'home' }])
  })

  it('let each order through once an hour', () => {
    const driver = testDriver(withoutDuplicates)
    for (const at of [0, 1_000, hours(2), hours(2) + 1]) driver.input('orders').send(null, { id: 'o1' }, { at })
    expect(
      driver
        .output('orders.once')
        .records()
        .map((record) => record.timestamp),
    ).toEqual([0, hours(2)])
  })
})
