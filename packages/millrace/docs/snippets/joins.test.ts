import { hours, minutes } from 'millrace'
import { testDriver, type TestDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { accounts, customerCountries, madeIn, namedOrders, payments, pricedOrders, titledOrders } from './joins.ts'

const order = { customer: 'ann', product: 'p1', amount: 2 }

const results = (driver: TestDriver, topic: string): unknown[] =>
  driver
    .output(topic)
    .records()
    .map(({ key, value, timestamp }) => [key, value, timestamp])

describe('snippets of joins', () => {
  it('join payments within an hour, and give what was not paid when its window has closed', () => {
    const driver = testDriver(payments)
    driver.input('orders').send('1', order, { at: 0 })
    driver.input('orders').send('2', order, { at: 10 })
    driver.input('payments').send('1', { paid: 2 }, { at: minutes(30) })
    driver.input('orders').send('3', order, { at: hours(1) + minutes(5) + 11 })
    expect(results(driver, 'orders.with-payment')).toEqual([
      ['1', { amount: 2, paid: 2 }, minutes(30)],
      ['2', { amount: 2, paid: 0 }, 10],
    ])
  })

  it('add the fields of a row of the same key', () => {
    const driver = testDriver(namedOrders)
    driver.input('orders').send('1', order, { at: 1 })
    driver.input('customers').send('ann', { name: 'Ann', city: 'Athens' }, { at: 9 })
    driver.input('orders').send('2', order, { at: 2 })
    expect(results(driver, 'orders.named')).toEqual([
      ['ann', order, 1],
      ['ann', { ...order, name: 'Ann', city: 'Athens' }, 2],
    ])
  })

  it('price an order as of its time', () => {
    const driver = testDriver(pricedOrders)
    driver.input('prices').send('p1', { price: 10 }, { at: 1_000 })
    driver.input('orders').send('1', order, { at: 1_500 })
    driver.input('prices').send('p1', { price: 20 }, { at: 2_000 })
    driver.input('orders').send('2', { ...order, product: 'p2' }, { at: 60_000 })
    expect(results(driver, 'orders.priced')).toEqual([['p1', 20, 1_500]])
  })

  it('look a title up in a global table', () => {
    const driver = testDriver(titledOrders)
    driver.input('products').send('p1', { title: 'Lamp', maker: 'm1' })
    driver.input('orders').send('1', order, { at: 7 })
    expect(results(driver, 'orders.titled')).toEqual([['1', { ...order, title: 'Lamp' }, 7]])
  })

  it('look a country up in a static table', async () => {
    const driver = await testDriver(customerCountries).load()
    driver.input('customers').send('ann', { name: 'Ann', city: 'Athens' }, { at: 7 })
    driver.input('customers').send('bob', { name: 'Bob', city: 'Oslo' }, { at: 8 })
    expect(results(driver, 'customers.with-country')).toEqual([
      ['ann', { name: 'Ann', city: 'Athens', country: 'GR' }, 7],
      ['bob', { name: 'Bob', city: 'Oslo' }, 8],
    ])
  })

  it('follow both tables', () => {
    const driver = testDriver(accounts)
    driver.input('balances').send('ann', 5, { at: 4 })
    driver.input('customers').send('ann', { name: 'Ann', city: 'Athens' }, { at: 3 })
    driver.input('balances').send('ann', null, { at: 6 })
    expect(results(driver, 'accounts')).toEqual([
      ['ann', { name: '?', balance: 5 }, 4],
      ['ann', { name: 'Ann', balance: 5 }, 4],
      ['ann', { name: 'Ann', balance: 0 }, 6],
    ])
  })

  it('follow the row that a row names', () => {
    const driver = testDriver(madeIn)
    driver.input('products').send('p1', { title: 'Lamp', maker: 'm1' })
    driver.input('makers').send('m1', { country: 'GR' })
    driver.input('makers').send('m1', { country: 'DE' })
    expect(results(driver, 'made-in').map((one) => (one as unknown[])[1])).toEqual([
      'Lamp, made in GR',
      'Lamp, made in DE',
    ])
  })
})
