import { testDriver, type TestDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { byCustomer, parsedOrders, ratedOrders, sortedOrders, spreadOrders } from './streams.ts'

const order = { id: '1', customer: 'ann', amount: 20, country: 'GR', at: '2025-03-27T09:56:10Z' }

const values = (driver: TestDriver, topic: string): unknown[] =>
  driver
    .output(topic)
    .records()
    .map((record) => record.value)

describe('snippets of streams', () => {
  it('sort orders by the first predicate that holds', () => {
    const driver = testDriver(sortedOrders)
    for (const some of [order, { ...order, amount: 2_000 }, { ...order, country: 'DE' }, { ...order, amount: 0 }]) {
      driver.input('orders').send('k', some)
    }
    driver.input('orders').send('k', Buffer.from('{'))
    expect(values(driver, 'orders.watched')).toEqual([order, { ...order, amount: 2_000 }])
    expect(values(driver, 'orders.other')).toEqual(['1', 'ann'])
    expect(values(driver, 'orders.invalid')).toEqual([Buffer.from('{')])
    expect(driver.output('orders.watched').records()[0]?.timestamp).toBe(Date.parse(order.at))
  })

  it('leave records out whose partitioner names no partition', () => {
    const driver = testDriver(spreadOrders)
    for (const some of [order, { ...order, country: '*' }, { ...order, country: 'DE', amount: 0 }]) {
      driver.input('orders').send('k', some)
    }
    expect(driver.output('orders.spread').records()).toHaveLength(2)
    expect(driver.total('records-dropped')).toBe(1)
  })

  it('parse with a schema and skip what breaks it', () => {
    const driver = testDriver(parsedOrders)
    driver.input('orders').send(null, order)
    driver.input('orders').send(null, { ...order, amount: 'much' })
    expect(values(driver, 'orders.parsed')).toEqual([{ ...order, hasKey: false }])
    expect(driver.total('records-skipped')).toBe(1)
  })

  it('write to the internal topic by the new key', () => {
    const driver = testDriver(byCustomer)
    driver.input('orders').send('1', order)
    expect(driver.outputs().map(({ topic, key }) => [topic, key])).toEqual([
      ['by-customer-by-customer-repartition', 'ann'],
      ['amounts', 'ann'],
    ])
  })

  it('wait for calls in order', async () => {
    const driver = testDriver(ratedOrders)
    driver.input('orders').send('1', order)
    driver.input('orders').send('2', { ...order, customer: 'bob' })
    await driver.settle()
    expect(values(driver, 'orders.rated')).toMatchObject([{ rating: 'good' }, { rating: 'poor' }])
  })
})
