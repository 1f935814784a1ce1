import { describe, expect, it } from 'vitest'
import { compile } from '../compile/index.ts'
import {
  json,
  keyValueStore,
  session,
  sliding,
  string,
  topology,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
} from '../index.ts'
import type { StoreSpec } from '../plan/index.ts'
import { buildChain } from './build-chain.ts'
import { FakeServices } from './fake-services.ts'

interface Row {
  readonly right: string
  readonly n: number
}
const row = { value: json<Row>() }

/** Everything that keeps state. */
const stateful = topology('stateful', (t) => {
  const first = t.table<string, Row>('first', { versioned: 1_000 })
  const second = t.table<string, Row>('second', { store: 'second' })
  const select = (left: Row | undefined): Row => left ?? { right: '', n: 0 }
  first.joinTable(second, { type: 'left', on: (value) => value.right, select, store: 'by-foreign-key' })
  first.joinTable(second, { type: 'outer', select, store: 'both' }).suppress(untilTimeLimit(5), { store: 'held' })
  second.groupBy(({ value }) => ({ key: value.right, value }), row).count({ store: 'per-right' })
  const a = t.source('a', row)
  const b = t.source('b', row)
  a.joinStream(a, { type: 'inner', within: 5, select, name: 'self' })
  a.joinStream(b, { type: 'inner', within: 5, select, name: 'inner' })
  a.joinStream(b, { type: 'outer', within: 5, select, name: 'outer' })
  a.joinTable(first, { type: 'left', grace: 100, name: 'waits' })
  const grouped = a.groupByKey()
  grouped.reduce((_, value) => value, { store: 'last' })
  grouped.windowedBy(tumbling(10)).count({ name: 'hours' }).suppress(untilWindowCloses(), { logged: false })
  grouped.windowedBy(sliding(10)).count({ name: 'sliding' })
  grouped.windowedBy(session(10)).count({ name: 'sessions' })
  a.toTable({ store: 'table' }).mapValues((value) => value.n, { store: 'mapped' })
  const own = t.store(keyValueStore({ name: 'own', key: string(), value: string() }))
  a.process(() => ({ process() {} }), { stores: { own } })
})

const shown = (store: StoreSpec): object => ({
  ...store,
  keySerde: store.keySerde.name,
  valueSerde: store.valueSerde.name,
})
const byName = (left: StoreSpec, right: StoreSpec): number => (left.name < right.name ? -1 : 1)

describe('the stores of a sub-topology', () => {
  it('are all that its processors open, with the serdes that they use', () => {
    const opened: StoreSpec[] = []
    const planned = compile(stateful.plan).subTopologies.flatMap((sub) => {
      const { services } = new FakeServices()
      const named = (name: string): StoreSpec => sub.stores.find((store) => store.name === name)!
      buildChain(sub.nodes, {
        ...services,
        store: (spec) => {
          opened.push(spec)
          return services.store(spec)
        },
        storeNamed: (name) => {
          opened.push(named(name))
          return services.store(named(name))
        },
      })
      return sub.stores
    })
    expect(planned).toHaveLength(22)
    expect(opened.sort(byName).map(shown)).toEqual(planned.toSorted(byName).map(shown))
  })

  it('hold what a suppression keeps back, logged unless told otherwise', () => {
    const stores = compile(stateful.plan).subTopologies.flatMap((sub) => sub.stores)
    expect(stores.filter((store) => store.name === 'held' || store.name.endsWith('suppress'))).toMatchObject([
      { name: 'held', isLogged: true, storage: 'memory', kind: 'key-value' },
      { name: 'hours-suppress', isLogged: false },
    ])
  })
})
