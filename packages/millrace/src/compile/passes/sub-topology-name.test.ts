import { describe, expect, it } from 'vitest'
import { json, topology, type TopologyBuilder } from '../../index.ts'
import { compile } from '../index.ts'

const number = { value: json<number>() }

function namesOf(define: (t: TopologyBuilder) => void): readonly string[] {
  return compile(topology('t', define).plan).subTopologies.map((sub) => sub.name)
}

const grouped = (t: TopologyBuilder): void => {
  t.source('orders', number)
    .groupBy((value) => String(value), { name: 'by-amount' })
    .count()
    .toStream()
    .to('out')
}
const unrelated = (topic: string) => (t: TopologyBuilder) => {
  t.source(topic, number)
    .groupBy((value) => String(value))
    .count()
}

describe('the name of a sub-topology', () => {
  it('is that of its source', () => {
    expect(namesOf(grouped)).toEqual(['orders', 'by-amount-repartition'])
  })

  it.each(['aaa', 'zzz', 'orders2', 'by-amount'])(
    'stays when an unrelated source is added before or after: %s',
    (topic) => {
      const before = namesOf((t) => {
        unrelated(topic)(t)
        grouped(t)
      })
      const after = namesOf((t) => {
        grouped(t)
        unrelated(topic)(t)
      })
      for (const names of [before, after]) {
        expect(names).toEqual(expect.arrayContaining([...namesOf(grouped)]))
        expect(new Set(names).size).toBe(4)
      }
    },
  )

  it('does not depend on the order in which its sources are written', () => {
    const merged = (first: string, second: string) => (t: TopologyBuilder) =>
      t.source(first).merge(t.source(second)).to('x')
    expect(namesOf(merged('b', 'a'))).toEqual(['a'])
    expect(namesOf(merged('a', 'b'))).toEqual(['a'])
  })

  it('is that of a source of the user, where there is one, and not that of an internal topic', () => {
    const joined = (t: TopologyBuilder): void => {
      const rows = t.table<string, number>('rows', { store: 'rows' })
      t.source('a', number)
        .selectKey(String)
        .joinTable(rows, { type: 'inner', select: (a, b) => a + b, name: 'a-joined' })
        .to('x')
    }
    expect(namesOf(joined)).toEqual(['rows', 'a'])
  })

  it('is short, and legal in files and topics, whatever the topics are', () => {
    const long = 'x'.repeat(200)
    const topics = [
      'Orders',
      'orders',
      'orders.',
      'c-d',
      ['c', 'd'],
      /^(a|b)\/x-/,
      long,
      `${long}y`,
      '-',
      '._-',
      'a_0',
      'a',
    ]
    const names = namesOf((t) => {
      for (const topic of topics) t.source(topic).forEach(() => {})
    })
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(topics.length)
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,39}$/)
    expect(names).toMatchInlineSnapshot(`
      [
        "Orders-80dad8a6",
        "orders",
        "orders-45fcaba3",
        "c-d",
        "c-d-ea1c0f10",
        "source-a-b-x-22d5004e",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-b320e71d",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-c02a4672",
        "6831f486",
        "_-2dd62da3",
        "a_0",
        "a",
      ]
    `)
  })
})
