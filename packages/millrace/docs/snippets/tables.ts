import { json, string, topology } from 'millrace'
import { z } from 'zod'

const Customer = z.object({ name: z.string(), country: z.string(), isActive: z.boolean() })
const Order = z.object({ customer: z.string(), amount: z.number() })

// #region table
export const customersPerCountry = topology('customers-per-country', (t) => {
  const customers = t.table('customers', { key: string(), value: json(Customer), store: 'customers' })
  customers
    .filter((customer) => customer.isActive)
    .groupBy(({ key, value }) => ({ key: value.country, value: key }), { value: string() })
    .count({ store: 'per-country' })
    .toStream()
    .to('customers-per-country')
})
// #endregion

// #region aggregate
export const customerTotals = topology('customer-totals', (t) => {
  t.source('orders', { value: json(Order) })
    .groupBy((order) => order.customer, { name: 'orders-by-customer' })
    .aggregate({
      store: 'totals',
      init: () => ({ orders: 0, amount: 0 }),
      add: (total, order) => ({ orders: total.orders + 1, amount: total.amount + order.amount }),
    })
    .toStream()
    .to('customer-totals')
})
// #endregion

// #region cogroup
export const activity = topology('activity', (t) => {
  const orders = t.source('orders', { value: json(Order) }).groupBy((order) => order.customer)
  const visits = t.source('visits', { value: string() }).groupByKey()
  orders
    .cogroup<{ orders: number; visits: number }>((seen) => ({ ...seen, orders: seen.orders + 1 }))
    .cogroup(visits, (seen) => ({ ...seen, visits: seen.visits + 1 }))
    .aggregate({ init: () => ({ orders: 0, visits: 0 }), store: 'activity' })
    .toStream()
    .to('activity')
})
// #endregion

// #region to-table
export const lastOrder = topology('last-order', (t) => {
  t.source('orders', { value: json(Order) })
    .selectKey((order) => order.customer)
    .toTable({ key: string(), store: 'last-order' })
    .mapValues((order) => order.amount)
    .toStream()
    .to('last-amount')
})
// #endregion
