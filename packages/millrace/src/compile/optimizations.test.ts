import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { json, long, type Optimization, string, topology, type TopologyBuilder, tumbling } from '../index.ts'
import { type TestDriver, testDriver } from '../testing/index.ts'
import { compile } from './index.ts'

interface Order {
  readonly customer: string | null
  readonly amount: number
}
const Checked = z.object({ customer: z.string().nullable(), amount: z.number() })
const order = { value: json<Order>() }
const sum = (left: Order, right: Order): Order => ({ ...left, amount: left.amount + right.amount })

/** Four operations below one change of the key, some behind filters; and one that has a serde of its own. */
function perCustomer(t: TopologyBuilder): void {
  const customers = t.table<string, { readonly name: string }>('customers', { store: 'customers' })
  const orders = t.source('orders', order).selectKey((one) => one.customer)
  orders.groupByKey({ name: 'counted' }).count({ store: 'counts' }).toStream().to('counts', { value: long() })
  const large = orders.filter((one) => one.amount > 5)
  large.groupByKey().reduce(sum, { store: 'sums' }).toStream().to('sums')
  large.to('large')
  orders
    .peek(() => {})
    .joinTable(customers, { type: 'left', name: 'named' })
    .to('named')
  orders
    .groupByKey({ value: json(Checked), name: 'checked' })
    .windowedBy(tumbling(10))
    .count({ name: 'windows' })
}

/** What every one of them does not share. */
function notShared(t: TopologyBuilder): void {
  const orders = t.source('orders', order)
  const keyed = orders.selectKey((one) => one.customer)
  keyed
    .mapValues((one) => one.amount)
    .groupByKey({ name: 'values-differ' })
    .count({ name: 'a' })
  keyed
    .merge(orders)
    .groupByKey({ name: 'merged', ...order })
    .count({ name: 'b' })
  keyed.repartition({ name: 'asked-for' }).groupByKey().count({ name: 'c' })
  keyed.groupByKey({ name: 'alone' }).count({ name: 'd' })
  orders.groupBy((one) => one.customer, { name: 'other-change' }).count({ name: 'e' })
}

const selfJoined = (t: TopologyBuilder): void => {
  const orders = t.source('orders', order).selectKey((one) => one.customer)
  orders
    .joinStream(orders, { type: 'inner', within: 10, select: sum, name: 'pairs' })
    .to('pairs', { key: string(), value: json() })
}

function topicsOf(
  define: (t: TopologyBuilder) => void,
  optimize: boolean | readonly Optimization[],
): readonly string[] {
  return compile(topology('shop', define, { optimize }).plan).repartitionTopics.map((one) => one.topic)
}

describe('merged repartitions', () => {
  it('give operations below one change of the key one topic, that of the first', () => {
    expect(topicsOf(perCustomer, false)).toEqual([
      'shop-counted-repartition',
      'shop-sums-repartition',
      'shop-named-stream-repartition',
      'shop-checked-repartition',
    ])
    expect(topicsOf(perCustomer, ['merge-repartitions'])).toEqual([
      'shop-counted-repartition',
      'shop-checked-repartition',
    ])
  })

  it('are shown as what runs, and explained where they were written', async () => {
    const shop = topology('shop', perCustomer, { optimize: ['merge-repartitions'] })
    await expect(`${shop.describe()}\n${shop.explain()}`).toMatchFileSnapshot('golden/merge-repartitions.txt')
  })

  it('leave alone what has other values, other inputs, settings or nobody to share with', () => {
    expect(topicsOf(notShared, true)).toEqual(topicsOf(notShared, false))
  })

  it('make one stream of both sides of a self join', () => {
    expect(topicsOf(selfJoined, true)).toEqual(['shop-pairs-left-repartition'])
    const stores = (optimize: readonly Optimization[]) =>
      compile(topology('shop', selfJoined, { optimize }).plan).subTopologies.flatMap((sub) =>
        sub.stores.map((store) => store.name),
      )
    expect(stores(['merge-repartitions'])).toEqual(['pairs-left', 'pairs-right'])
    expect(stores(['merge-repartitions', 'single-store-self-join'])).toEqual(['pairs-left'])
  })
})

const direct = (t: TopologyBuilder): void => {
  const orders = t.source('orders', order)
  orders.joinStream(orders, { type: 'inner', before: 5, after: 10, select: sum, name: 'pairs' }).to('pairs')
}

describe('a self join on one store', () => {
  it('is the default, and can be turned off', async () => {
    const [one, two] = [topology('shop', direct), topology('shop', direct, { optimize: false })]
    await expect(`${one.describe()}\n${two.describe()}`).toMatchFileSnapshot('golden/single-store-self-join.txt')
  })

  it('gives the pair of a late record with itself as long as the record is kept, on one store and on two', () => {
    for (const optimize of [true, false]) {
      const driver = testDriver(topology('shop', direct, { optimize }))
      for (const [key, at] of [
        ['k', 100],
        ['k', 86],
        ['l', 85],
      ] as const)
        driver.input('orders').send(key, { customer: 'ann', amount: 1 }, { at })
      const times = driver
        .output('pairs')
        .records()
        .map((one) => one.timestamp)
      expect([optimize, times]).toEqual([optimize, [100, 86]])
    }
  })

  it('needs an inner join', () => {
    const left = topology('shop', (t) => {
      const orders = t.source('orders', order)
      orders.joinStream(orders, { type: 'left', within: 10, select: (one) => one, name: 'pairs' })
    })
    expect(compile(left.plan).subTopologies[0]!.stores).toHaveLength(3)
  })
})

describe('a source topic that is re-used', () => {
  const spec = (define: (t: TopologyBuilder) => void, optimize: boolean | readonly Optimization[] = true) =>
    compile(topology('shop', define, { optimize }).plan).subTopologies[0]!.stores[0]!

  it('is what the store of a table is restored from', async () => {
    const define = (t: TopologyBuilder): void => t.table('customers', { store: 'customers' }).toStream().to('out')
    expect(spec(define)).toMatchObject({ changelogTopic: 'customers', isLogged: true })
    expect(spec(define, false).changelogTopic).toBeUndefined()
    const shop = topology('shop', define, { optimize: ['reuse-source-topics'] })
    await expect(`${shop.describe()}\n${shop.explain()}`).toMatchFileSnapshot('golden/reuse-source-topics.txt')
  })

  it.each<readonly [string, (t: TopologyBuilder) => void]>([
    ['times of its own', (t) => void t.table<string, Order>('a', { store: 's', at: (one) => one.amount })],
    ['versions', (t) => void t.table('a', { store: 's', versioned: 100 })],
    ['a policy that leaves records out', (t) => void t.table('a', { store: 's', onInvalid: { kind: 'skip' } })],
    ['no changelog', (t) => void t.table('a', { store: 's', logged: false })],
    [
      'a stream before it',
      (t) =>
        void t
          .source('a', order)
          .filter(() => true)
          .toTable({ store: 's' }),
    ],
    ['several topics', (t) => void t.source(['a', 'b'], order).toTable({ store: 's' })],
    ['another serde', (t) => void t.source('a', order).toTable({ store: 's', value: json(Checked) })],
  ])('is not that of a store with %s', (_what, define) => {
    expect(spec(define).changelogTopic).toBeUndefined()
  })
})

describe('the option optimize', () => {
  it('refuses an optimisation that there is not, at the place where it is written', () => {
    const optimize = ['merge-everything'] as unknown as readonly Optimization[]
    expect(() => topology('t', selfJoined, { optimize })).toThrow(
      /There is no optimisation 'merge-everything' \(callSite=.*optimizations\.test\.ts:\d+:\d+\)\. Use true, false, or some of/,
    )
  })
})

describe('results', () => {
  const inputs = array(
    record({
      customer: constantFrom('ann', 'bob', null),
      amount: integer({ min: 0, max: 10 }),
      at: integer({ min: 0, max: 60 }),
    }),
    { maxLength: 25 },
  )

  /** What each topic gets, in order; internal topics aside. */
  function outputsOf(driver: TestDriver): Readonly<Record<string, unknown>> {
    const byTopic: Record<string, unknown[]> = {}
    for (const { topic, key, value, timestamp } of driver.outputs()) {
      if (!topic.endsWith('-repartition')) (byTopic[topic] ??= []).push([key, value, timestamp])
    }
    return byTopic
  }

  it.each([
    ['of operations that share a topic', perCustomer],
    ['of self joins', direct],
    ['of self joins behind a change of the key', selfJoined],
    ['of what shares nothing', notShared],
  ])('are the same with all optimisations and with none: %s', (_what, define) => {
    assert(
      property(inputs, (records) => {
        const drivers = [true, false].map((optimize) => testDriver(topology('shop', define, { optimize })))
        for (const driver of drivers) {
          if (define === perCustomer) driver.input('customers').send('ann', { name: 'Ann' }, { at: 0 })
          for (const { at, ...value } of records) driver.input('orders').send('k', value, { at })
        }
        expect(outputsOf(drivers[0]!)).toEqual(outputsOf(drivers[1]!))
      }),
      { numRuns: 50 },
    )
  })
})
