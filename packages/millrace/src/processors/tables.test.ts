import { describe, expect, it } from 'vitest'
import type { TableFilterNode, TableSourceNode, TableStoreSpec } from '../plan/index.ts'
import { string } from '../serde/index.ts'
import { FakeServices, shown, shownChanges } from './fake-services.ts'
import { tableFilter } from './table-filter.ts'
import { tableGroup } from './table-group.ts'
import { tableMapValues } from './table-map-values.ts'
import { tableSource } from './table-source.ts'
import { toStream } from './to-stream.ts'

const serdes = {
  keySerde: string() as never,
  valueSerde: string() as never,
  storage: 'memory',
  isLogged: true,
} as const
const latest = (name: string): TableStoreSpec => ({ kind: 'timestamped-key-value', name, ...serdes })
const versioned = (name: string): TableStoreSpec => ({ kind: 'versioned', name, historyMs: 100, ...serdes })

function sourceNode(fields: Partial<TableSourceNode> = {}): TableSourceNode {
  const store = fields.store ?? latest('source')
  return { kind: 'table-source', id: 'source', parents: [], isMaterialized: true, cacheBytes: 0, ...fields, store }
}

const isLong = (value: string): boolean => value.length > 1
function filterNode(fields: Partial<TableFilterNode> = {}): TableFilterNode {
  const common = {
    kind: 'table-filter',
    id: 'filter',
    parents: ['source'],
    predicate: isLong as never,
    not: false,
  } as const
  return { ...common, store: latest('filter'), isMaterialized: false, cacheBytes: 0, ...fields }
}

describe('tableSource', () => {
  it('takes what arrives last as the row, and says what it replaces where that is asked for', () => {
    const fake = new FakeServices()
    const input = tableSource(sourceNode({ sendsOldValues: true }), fake.forward, fake.services)
    fake.send(input, 'a', '1', 10)
    fake.send(input, 'a', '2', 5)
    fake.send(input, 'a', null, 3)
    expect(shownChanges(fake.forwarded)).toEqual(['a | 1 <- null | 10', 'a | 2 <- 1 | 5', 'a | null <- 2 | 3'])
    expect(fake.services.view('source').get('a')).toBeUndefined()
  })

  it('drops and counts null keys', () => {
    const fake = new FakeServices()
    fake.send(tableSource(sourceNode(), fake.forward, fake.services), null, '1', 10)
    expect([fake.forwarded.length, fake.count('records-dropped')]).toEqual([0, 1])
  })

  it('marks older versions, and drops and counts those before the history', () => {
    const fake = new FakeServices()
    const input = tableSource(sourceNode({ store: versioned('source') }), fake.forward, fake.services)
    fake.send(input, 'a', 'new', 200)
    fake.send(input, 'a', 'old', 150)
    fake.send(input, 'a', 'ancient', 50)
    expect(shownChanges(fake.forwarded)).toEqual(['a | new <- null | 200', 'a | old <- null (older) | 150'])
    expect(fake.count('records-dropped')).toBe(1)
    expect(fake.services.view('source').getAsOf?.('a', 160)).toEqual({ value: 'old', timestamp: 150 })
  })

  it('gathers updates in its cache until the commit, and sends nothing of a row that came and went', () => {
    const fake = new FakeServices()
    const input = tableSource(sourceNode({ cacheBytes: 10_000, sendsOldValues: true }), fake.forward, fake.services)
    fake.send(input, 'a', '1', 1)
    fake.send(input, 'a', '2', 2)
    fake.send(input, 'b', '1', 3)
    fake.send(input, 'b', null, 4)
    expect(fake.forwarded).toEqual([])
    expect(shownChanges(fake.commit())).toEqual(['a | 2 <- null | 2'])
    fake.send(input, 'a', null, 5)
    expect(shownChanges(fake.commit())).toEqual(['a | null <- 2 | 5'])
  })
})

describe('tableFilter', () => {
  function chain(source: Partial<TableSourceNode>, filter: Partial<TableFilterNode>) {
    const fake = new FakeServices()
    const filtered = tableFilter(filterNode(filter), fake.forward, fake.services)
    return { fake, input: tableSource(sourceNode(source), filtered, fake.services) }
  }

  it('leaves deletions out of what never passed where old values are known', () => {
    const { fake, input } = chain({ sendsOldValues: true }, { sendsOldValues: true })
    fake.send(input, 'a', '1', 1)
    fake.send(input, 'a', '22', 2)
    fake.send(input, 'a', '3', 3)
    fake.send(input, 'a', null, 4)
    expect(shownChanges(fake.forwarded)).toEqual(['a | 22 <- null | 2', 'a | null <- 22 | 3'])
  })

  it('sends them on where old values are not known', () => {
    const { fake, input } = chain({ isMaterialized: false }, {})
    fake.send(input, 'a', '1', 1)
    fake.send(input, 'a', null, 2)
    expect(shown(fake.forwarded)).toEqual(['a | null | 1', 'a | null | 2'])
  })

  it('sends them on below a versioned table, whose readers need every version', () => {
    const { fake, input } = chain({ store: versioned('source'), sendsOldValues: true }, { sendsOldValues: true })
    fake.send(input, 'a', '1', 1)
    expect(shown(fake.forwarded)).toEqual(['a | null | 1'])
  })

  it('looks rows up in its parent where it keeps none', () => {
    const { fake, input } = chain({}, {})
    fake.send(input, 'a', '22', 1)
    fake.send(input, 'b', '2', 1)
    const view = fake.services.view('filter')
    expect([view.get('a'), view.get('b'), view.isVersioned]).toEqual([{ value: '22', timestamp: 1 }, undefined, false])
  })

  it('deletes a kept row that passes no more, with a cache too', () => {
    const { fake, input } = chain({}, { isMaterialized: true, cacheBytes: 10_000 })
    fake.send(input, 'a', '22', 1)
    fake.commit()
    fake.send(input, 'a', '2', 2)
    expect(shown(fake.commit())).toEqual(['a | null | 2'])
  })

  it('drops an update whose predicate throws', () => {
    const fail = (): never => {
      throw new RangeError('no')
    }
    const { fake, input } = chain({}, { predicate: fail })
    fake.send(input, 'a', '22', 1)
    expect([fake.forwarded.length, fake.thrown[0]?.node]).toEqual([0, 'filter'])
  })
})

describe('tableMapValues', () => {
  function chain(isMaterialized: boolean, mapper: (value: string) => unknown) {
    const fake = new FakeServices()
    const fields = { id: 'map', parents: ['source'], store: latest('map'), isMaterialized, cacheBytes: 0 } as const
    const node = { kind: 'table-map-values', mapper: mapper as never, sendsOldValues: true, ...fields } as const
    const mapped = tableMapValues(node, fake.forward, fake.services)
    return { fake, input: tableSource(sourceNode({ sendsOldValues: true }), mapped, fake.services) }
  }

  it.each([true, false])('maps old and new value, and passes deletions on without a call (kept: %s)', (isKept) => {
    const { fake, input } = chain(isKept, (value) => `${value}!`)
    fake.send(input, 'a', '1', 1)
    fake.send(input, 'a', '2', 2)
    expect(fake.services.view('map').get('a')).toEqual({ value: '2!', timestamp: 2 })
    fake.send(input, 'a', null, 3)
    expect(shownChanges(fake.forwarded)).toEqual(['a | 1! <- null | 1', 'a | 2! <- 1! | 2', 'a | null <- 2! | 3'])
    expect(fake.services.view('map').get('a')).toBeUndefined()
  })

  it('refuses a promise', () => {
    const { fake, input } = chain(false, async (value) => value)
    fake.send(input, 'a', '1', 1)
    expect(fake.thrown).toEqual([
      { node: 'map', error: expect.objectContaining({ code: 'CALLBACK_ASYNC' }) as unknown },
    ])
  })
})

describe('tableGroup', () => {
  function grouped(mapper: (row: { key: string; value: string }) => unknown) {
    const fake = new FakeServices()
    const node = { kind: 'table-group', id: 'group', parents: ['source'], mapper: mapper as never } as const
    const group = tableGroup(node, fake.forward, fake.services)
    return { fake, input: tableSource(sourceNode({ sendsOldValues: true }), group, fake.services) }
  }

  it('takes a row out of its old group before it puts it into the new one', () => {
    const { fake, input } = grouped(({ key, value }) => ({ key: value, value: key }))
    fake.send(input, 'a', 'x', 1)
    fake.send(input, 'a', 'y', 2)
    expect(shownChanges(fake.forwarded)).toEqual(['x | a <- null | 1', 'x | null <- a | 2', 'y | a <- null | 2'])
  })

  it('makes one update of both where the group stays the same, also when its key is an object', () => {
    const { fake, input } = grouped(({ value }) => ({ key: { all: true }, value }))
    fake.send(input, 'a', 'x', 1)
    fake.send(input, 'a', 'y', 2)
    expect(fake.forwarded[1]?.value).toEqual({ newValue: 'y', oldValue: 'x', isLatest: true })
  })

  it('leaves rows with a null group key or value out', () => {
    const { fake, input } = grouped(({ value }) => ({ key: value === 'none' ? null : value, value }))
    fake.send(input, 'a', 'none', 1)
    fake.send(input, 'a', 'x', 2)
    fake.send(input, 'a', 'none', 3)
    expect(shownChanges(fake.forwarded)).toEqual(['x | x <- null | 2', 'x | null <- x | 3'])
  })

  it('refuses a result that is no row', () => {
    const { fake, input } = grouped(() => 'x')
    fake.send(input, 'a', 'x', 1)
    expect(fake.thrown[0]?.error).toMatchObject({ code: 'CALLBACK_RESULT_INVALID' })
  })
})

describe('toStream', () => {
  it('makes a record of every update, older versions too', () => {
    const fake = new FakeServices()
    const stream = toStream({ kind: 'to-stream', id: 'stream', parents: ['source'] }, fake.forward, fake.services)
    const input = tableSource(sourceNode({ store: versioned('source') }), stream, fake.services)
    fake.send(input, 'a', 'new', 20)
    fake.send(input, 'a', 'old', 10)
    fake.send(input, 'a', null, 30)
    expect(shown(fake.forwarded)).toEqual(['a | new | 20', 'a | old | 10', 'a | null | 30'])
  })
})
