import { testDriver, type TestDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { activity, customersPerCountry, customerTotals, lastOrder } from './tables.ts'

const rows = (driver: TestDriver, topic: string): unknown[] =>
  driver
    .output(topic)
    .records()
    .map(({ key, value }) => [key, value])

describe('snippets of tables', () => {
  it('count customers per country, also when one moves or goes', () => {
    const driver = testDriver(customersPerCountry)
    const send = (key: string, country: string | null): void =>
      driver.input('customers').send(key, country === null ? null : { name: key, country, isActive: true })
    send('ann', 'GR')
    send('bob', 'GR')
    send('ann', 'DE')
    send('bob', null)
    expect(rows(driver, 'customers-per-country')).toEqual([
      ['GR', 1],
      ['GR', 2],
      ['GR', 1],
      ['DE', 1],
      ['GR', 0],
    ])
  })

  it('add up per customer', () => {
    const driver = testDriver(customerTotals)
    driver.input('orders').send(null, { customer: 'ann', amount: 20 }, { at: 5 })
    driver.input('orders').send(null, { customer: 'ann', amount: 10 }, { at: 3 })
    expect(driver.output('customer-totals').records()).toMatchObject([
      { key: 'ann', value: { orders: 1, amount: 20 }, timestamp: 5 },
      { key: 'ann', value: { orders: 2, amount: 30 }, timestamp: 5 },
    ])
  })

  it('bring two streams into one table', () => {
    const driver = testDriver(activity)
    driver.input('orders').send(null, { customer: 'ann', amount: 20 })
    driver.input('visits').send('ann', 'home')
    expect(rows(driver, 'activity')).toEqual([
      ['ann', { orders: 1, visits: 0 }],
      ['ann', { orders: 1, visits: 1 }],
    ])
  })

  it('keep the last order of each customer', () => {
    const driver = testDriver(lastOrder)
    driver.input('orders').send('1', { customer: 'ann', amount: 20 })
    driver.input('orders').send('2', { customer: 'ann', amount: 30 })
    expect(rows(driver, 'last-amount')).toEqual([
      ['ann', 20],
      ['ann', 30],
    ])
  })
})
