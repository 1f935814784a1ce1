import { describe, expect, it } from 'vitest'
import {
  hopping,
  hours,
  json,
  keyValueStore,
  minutes,
  string,
  topology,
  tumbling,
  untilWindowCloses,
} from '../index.ts'
import type { StreamsError } from '../errors/index.ts'

interface Order {
  readonly customer: string
  readonly amount: number
}

interface Customer {
  readonly country: string
}

const order = { value: json<Order>() }

/** A repartition that is needed and one that is not, windows, joins of every kind, tables with and without a store. */
const shop = topology('shop', (t) => {
  const customers = t.table<string, Customer>('customers', { store: 'customers' })
  const countries = t.globalTable<string, { readonly name: string }>('countries')
  const orders = t.source('orders', order)
  orders
    .groupByKey()
    .count({ store: 'orders-per-key', logged: false })
    .toStream()
    .to('orders-per-key', { value: json() })
  const byCustomer = orders.selectKey((one) => one.customer)
  byCustomer
    .groupByKey({ name: 'by-customer' })
    .windowedBy(tumbling(hours(1), { grace: minutes(5) }))
    .aggregate({ store: 'hourly', init: () => 0, add: (sum, one) => sum + one.amount })
    .suppress(untilWindowCloses({ maxRecords: 1_000 }))
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value: { sum: value, from: key.window.start } }))
    .to('hourly')
  byCustomer
    .joinTable(customers, { type: 'inner', name: 'with-customer' })
    .joinTable(countries, { type: 'left', on: (one) => one.country, name: 'with-country' })
    .to('orders-with-countries')
  const paid = t.source('payments', order)
  orders
    .joinStream(paid, {
      type: 'left',
      within: minutes(10),
      select: (one, two) => ({ ...one, paid: two?.amount }),
      name: 'paid',
    })
    .to('paid-orders')
})

const tables = topology('tables', (t) => {
  const customers = t.table<string, Customer>('customers')
  const addresses = t.table<string, { readonly city: string; readonly country: string }>('addresses', {
    storage: 'persistent',
    versioned: hours(1),
  })
  const known = customers.filter((one) => one.country !== '').mapValues((one) => one.country)
  known
    .joinTable(addresses, {
      type: 'left',
      select: (country, address) => `${country} ${address?.city}`,
      name: 'both',
      store: 'both',
      value: string(),
    })
    .toStream()
    .to('both')
  customers
    .groupBy(({ value }) => ({ key: value.country, value: 1 }))
    .count({ store: 'per-country' })
    .toStream()
    .to('per-country', { value: json() })
  t.table<string, Order>('orders')
    .joinTable(customers, {
      type: 'inner',
      on: (one) => one.customer,
      select: (one, customer) => ({ ...one, ...customer }),
      name: 'of-customer',
    })
    .toStream()
    .to('orders-of-customers')
  const seen = t.store(keyValueStore({ name: 'seen', key: string(), value: json<number>() }))
  t.source('clicks', order)
    .processValues(() => ({ process() {} }), { stores: { seen }, name: 'once' })
    .groupByKey()
    .windowedBy(hopping(hours(1), { advance: minutes(10) }))
    .count({ emit: 'on-window-close' })
    .toStream()
    .forEach(() => {}, { name: 'end' })
})

describe('a topology with state', () => {
  it.each([
    ['text', 'txt'],
    ['mermaid', 'mmd'],
    ['kafka-streams', 'kafka-streams.txt'],
  ] as const)('describes itself as %s', async (format, ending) => {
    await expect(shop.describe(format)).toMatchFileSnapshot(`golden/shop.${ending}`)
    await expect(tables.describe(format)).toMatchFileSnapshot(`golden/tables.${ending}`)
  })

  it('explains what each operation does', async () => {
    await expect(shop.explain()).toMatchFileSnapshot('golden/shop.explain.txt')
    await expect(tables.explain()).toMatchFileSnapshot('golden/tables.explain.txt')
  })

  it('names every node of the form for viewers in one word, once, and connects them both ways', () => {
    for (const text of [shop.describe('kafka-streams'), tables.describe('kafka-streams')]) {
      const names: string[] = []
      const [before, after]: [Set<string>, Set<string>] = [new Set(), new Set()]
      for (const line of text.split('\n')) {
        const named = /^ {4}(?:Source|Processor|Sink): (\S+) \((?:topics|stores|topic): .*\)$/.exec(line)?.[1]
        if (named !== undefined) names.push(named)
        const [, arrow, targets = ''] = /^ {6}(-->|<--) (.*)$/.exec(line) ?? []
        for (const target of targets === 'none' ? [] : targets.split(', ')) {
          if (arrow === '-->') after.add(`${names.at(-1)} ${target}`)
          if (arrow === '<--') before.add(`${target} ${names.at(-1)}`)
        }
      }
      expect(new Set(names).size).toBe(names.length)
      expect([...after].sort()).toEqual([...before].sort())
      for (const pair of after) expect(names).toEqual(expect.arrayContaining(pair.split(' ')))
    }
  })

  it('shows a chosen topic and the end of a global table as Kafka Streams does', () => {
    const text = topology('t', (t) => {
      const rates = t.globalTable<string, number>('rates')
      t.source('in', { value: string() })
        .joinTable(rates, { type: 'left', on: (one) => one, select: (one) => one })
        .to((one) => one, { name: 'chosen' })
    }).describe('kafka-streams')
    expect(text).toContain('    Sink: chosen (extractor class: by-record)\n      <-- ')
    expect(text).toMatch(/[^\n]\n\n {2}Sub-topology: 1 for global store \(will not generate tasks\)\n/)
    expect(text).toMatch(/ {6}<-- rates-global-source\n$/)
  })

  it('refuses a format that it does not know', () => {
    const wrong = 'svg' as 'text'
    let thrown: StreamsError | undefined
    try {
      shop.describe(wrong)
    } catch (error) {
      thrown = error as StreamsError
    }
    expect(thrown).toMatchObject({ code: 'OPTION_INVALID', hint: 'Use one of text, mermaid, kafka-streams.' })
  })
})
