import { deadLetter, json, skip, string, topology } from 'millrace'
import { z } from 'zod'

const Order = z.object({
  id: z.string(),
  customer: z.string(),
  amount: z.number(),
  country: z.string(),
  at: z.string(),
})

// #region stream
export const sortedOrders = topology(
  'sorted-orders',
  (t) => {
    const orders = t.source('orders', {
      key: string(),
      value: json(Order),
      at: (order) => order.at,
      onInvalid: deadLetter('orders.invalid'),
    })
    const { large, domestic, other } = orders
      .filter((order) => order.amount > 0)
      .split(
        { large: (order) => order.amount >= 1_000, domestic: (order) => order.country === 'GR' },
        { otherwise: 'other' },
      )
    large.merge(domestic).to('orders.watched')
    other.flatMapValues((order) => [order.id, order.customer]).to('orders.other')
  },
  { onProcessError: skip },
)
// #endregion

// #region parse
export const parsedOrders = topology('parsed-orders', (t) => {
  t.source('orders')
    .parse(Order, { at: (order) => order.at, onInvalid: skip })
    .mapValues((order, key) => ({ ...order, hasKey: key !== null }))
    .to('orders.parsed')
})
// #endregion

// #region serdes
export const byCustomer = topology('by-customer', (t) => {
  t.source('orders', { value: json(Order) }) // key string(), value json(Order)
    .selectKey((order) => order.customer) // the key's serde is forgotten, the value's stays
    .repartition({ name: 'by-customer', key: string() }) // topic by-customer-by-customer-repartition
    .mapValues((order) => order.amount) // the value's serde is forgotten, the key's stays
    .to('amounts') // default: text keys as UTF-8, values as JSON
})
// #endregion

// #region partition
export const spreadOrders = topology('spread-orders', (t) => {
  t.source('orders', { value: json(Order) }).to('orders.spread', {
    partition(_key, order, _topic, partitions) {
      if (order.country === 'GR') return 0
      if (order.country === '*') return Array.from({ length: partitions }, (_, partition) => partition)
      return order.amount === 0 ? [] : undefined
    },
  })
})
// #endregion

async function creditRating(customer: string): Promise<'good' | 'poor'> {
  await Promise.resolve()
  return customer === 'ann' ? 'good' : 'poor'
}

// #region async
export const ratedOrders = topology('rated-orders', (t) => {
  t.source('orders', { value: json(Order) })
    .mapValuesAsync(async (order) => ({ ...order, rating: await creditRating(order.customer) }), { concurrency: 8 })
    .to('orders.rated')
})
// #endregion
