import { days, hours, json, lookupTable, minutes, seconds, string, topology } from 'millrace'
import { z } from 'zod'

const Order = z.object({ customer: z.string(), product: z.string(), amount: z.number() })
const Customer = z.object({ name: z.string(), city: z.string() })
const Payment = z.object({ paid: z.number() })
const Price = z.object({ price: z.number() })
const Product = z.object({ title: z.string(), maker: z.string() })
const Maker = z.object({ country: z.string() })

// #region stream-stream
export const payments = topology('payments', (t) => {
  const orders = t.source('orders', { value: json(Order) })
  const paid = t.source('payments', { value: json(Payment) })
  orders
    .joinStream(paid, {
      type: 'left',
      within: hours(1),
      grace: minutes(5),
      select: (order, payment) => ({ amount: order.amount, paid: payment?.paid ?? 0 }),
    })
    .to('orders.with-payment')
})
// #endregion

// #region stream-table
export const namedOrders = topology('named-orders', (t) => {
  const customers = t.table('customers', { value: json(Customer) })
  t.source('orders', { value: json(Order) })
    .selectKey((order) => order.customer)
    .joinTable(customers, { type: 'left' }) // no `select`: the order with the customer's fields, if there are any
    .to('orders.named')
})
// #endregion

// #region versioned
export const pricedOrders = topology('priced-orders', (t) => {
  const prices = t.table('prices', { value: json(Price), store: 'prices', versioned: days(7) })
  t.source('orders', { value: json(Order) })
    .selectKey((order) => order.product)
    .joinTable(prices, {
      type: 'inner',
      grace: seconds(30),
      key: string(),
      select: (order, row) => order.amount * row.price,
    })
    .to('orders.priced')
})
// #endregion

// #region global
export const titledOrders = topology('titled-orders', (t) => {
  const products = t.globalTable('products', { value: json(Product) })
  t.source('orders', { value: json(Order) })
    .joinTable(products, {
      type: 'inner',
      on: (order) => order.product,
      select: (order, product) => ({ ...order, title: product.title }),
    })
    .to('orders.titled')
})
// #endregion

// #region lookup
const countries = lookupTable('countries', [
  ['Athens', { country: 'GR' }],
  ['Berlin', { country: 'DE' }],
])

export const customerCountries = topology('customer-countries', (t) => {
  t.source('customers', { value: json(Customer) })
    .joinTable(countries, { type: 'left', on: (customer) => customer.city })
    .to('customers.with-country')
})
// #endregion

// #region table-table
export const accounts = topology('accounts', (t) => {
  const customers = t.table('customers', { value: json(Customer) })
  const balances = t.table('balances', { value: json<number>() })
  customers
    .joinTable(balances, {
      type: 'outer',
      store: 'accounts',
      select: (customer, balance) => ({ name: customer?.name ?? '?', balance: balance ?? 0 }),
    })
    .toStream()
    .to('accounts')
})
// #endregion

// #region foreign-key
export const madeIn = topology('made-in', (t) => {
  const products = t.table('products', { value: json(Product) })
  const makers = t.table('makers', { value: json(Maker) })
  products
    .joinTable(makers, {
      type: 'inner',
      on: (product) => product.maker,
      select: (product, maker) => `${product.title}, made in ${maker.country}`,
    })
    .toStream()
    .to('made-in')
})
// #endregion
