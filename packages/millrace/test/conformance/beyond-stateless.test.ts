import { hours, topology, type TopologyBuilder } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)

describe('stateless operations beyond the cases', () => {
  it('maps keys and values, keeping time and headers', () => {
    const mapped = app((t) => {
      t.source('in', texts)
        .map(({ key, value }) => ({ key: value, value: text(key) }))
        .to('out', texts)
    })
    expect(mapped).toBring(`
> in | k | v | 5 | h:a=1 | h:a=2
  < out | v | k | 5 | h:a=1 | h:a=2
> in | null | v | 4
  < out | v | null | 4`)
  })

  it('gives any number of records for one, in the order given, each with its time and headers', () => {
    const flat = app((t) => {
      t.source('in', texts)
        .flatMap(({ key, value }) => value.split('').map((letter) => ({ key: letter, value: text(key) })))
        .to('out', texts)
    })
    expect(flat).toBring(`
> in | k | ab | 5 | h:a=1
  < out | a | k | 5 | h:a=1
  < out | b | k | 5 | h:a=1
> in | k |  | 6`)
  })

  it('selects a new key, which may be null', () => {
    const keyed = app((t) => {
      t.source('in', texts)
        .selectKey((value) => (value === 'none' ? null : value))
        .to('out', texts)
    })
    expect(keyed).toBring(`
> in | k | a | 5
  < out | a | a | 5
> in | k | none | 4
  < out | null | none | 4`)
  })

  it('calls mapValues with null values, too', () => {
    const mapped = app((t) => {
      t.source('in', texts)
        .mapValues((value) => `${text(value)}!`)
        .to('out', texts)
    })
    expect(mapped).toBring(`
> in | k | null | 5
  < out | k | null! | 5
> in | null | a | 6
  < out | null | a! | 6`)
  })

  it('leaves out what no branch takes when there is no default', () => {
    const split = app((t) => {
      const { long } = t.source('in', texts).split({ long: (value) => value.length > 1 })
      long.to('out', texts)
    })
    expect(split).toBring(`
> in | k | a | 5
> in | k | aa | 6
  < out | k | aa | 6`)
  })

  it('merges streams as their records come', () => {
    const merged = app((t) => {
      t.source('a', texts).merge(t.source('b', texts)).to('out', texts)
    })
    expect(merged).toBring(`
> a | k | 1 | 5
  < out | k | 1 | 5
> b | k | 2 | 3
  < out | k | 2 | 3
> a | k | 1 | 5
  < out | k | 1 | 5`)
  })

  it('sends a record to every operation that follows, in the order written, depth first', () => {
    const twice = app((t) => {
      const input = t.source('in', texts)
      const upper = input.mapValues((value) => value.toUpperCase())
      input.to('plain', texts)
      upper.to('one', texts)
      upper.to('two', texts)
    })
    expect(twice).toBring(`
> in | k | a | 1
  < one | k | A | 1
  < two | k | A | 1
  < plain | k | a | 1`)
  })

  it('writes a repartition under its name, keeps time and headers, and drops null keys before it', () => {
    const repartitioned = app((t) => {
      t.source('in', texts).repartition({ name: 'again' }).to('out', texts)
    })
    expect(repartitioned).toBring(`
> in | k | a | 5 | h:a=1
  < app-again-repartition | k | a | 5 | h:a=1
  < out | k | a | 5 | h:a=1
> in | null | b | 6`)
  })

  it('keeps null keys through a repartition when a left join follows', () => {
    const joined = app((t) => {
      const right = t.table('right', { ...texts, store: 'right' })
      t.source('in', texts)
        .selectKey((value) => (value === 'none' ? null : value))
        .joinTable(right, { type: 'left', select: (value, row) => `${value}-${text(row)}` })
        .to('out', texts)
    })
    expect(joined).toBring(`
> right | a | A | 1
> in | k | a | 5
  < out | a | a-A | 5
> in | k | none | 6
  < out | null | none-null | 6
= metric dropped-records-total: 0`)
  })

  it('repartitions only where the key may have changed', () => {
    const counted = app((t) => {
      t.source('in', texts)
        .mapValues((value) => value)
        .groupByKey()
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    const driver = testDriver(counted)
    driver.input('in').send('k', 'v', { at: 1 })
    expect(driver.outputs().map((record) => record.topic)).toEqual(['out'])
  })

  it('makes a table of a stream: null deletes, null keys are dropped and counted, a new key is repartitioned', () => {
    const table = app((t) => {
      t.source('in', texts)
        .selectKey((value) => text(value).slice(0, 1))
        .toTable({ store: 'T', name: 'letters' })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | k | apple | 5
  < out | a | apple | 5
> in | k | avocado | 3
  < out | a | avocado | 3
= kv-store T: [a=avocado@3]`)
    const plain = app((t) => {
      t.source('in', texts).toTable({ store: 'T' }).toStream().to('out', texts)
    })
    expect(plain).toBring(`
> in | null | a | 5
> in | k | a | 6
  < out | k | a | 6
> in | k | null | 7
  < out | k | null | 7
= metric dropped-records-total: 1
= kv-store T: []`)
  })

  it('gives the updates of a versioned table, late ones too', () => {
    const table = app((t) => {
      t.table('in', { ...texts, versioned: hours(1) })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | k | a | 10
  < out | k | a | 10
> in | k | b | 5
  < out | k | b | 5`)
  })
})

describe('tables beyond the cases', () => {
  it('forwards an update that changes nothing', () => {
    const table = app((t) => {
      t.table('in', { ...texts, store: 'T' })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | k | a | 1
  < out | k | a | 1
> in | k | a | 1
  < out | k | a | 1`)
  })

  it('filters a stored table without deletions of rows that never passed', () => {
    const table = app((t) => {
      t.table('in', { ...texts, store: 'T' })
        .filter((value) => Number(value) % 2 === 0)
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | k | 1 | 1
> in | k | 2 | 2
  < out | k | 2 | 2
> in | k | 3 | 3
  < out | k | null | 3
> in | k | 5 | 4
> in | k | null | 5`)
  })

  it('forwards every deletion of a filtered table that is not stored: what was there is not known', () => {
    const table = app((t) => {
      t.table('in', texts)
        .filter((value) => Number(value) % 2 === 0)
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | k | 1 | 1
  < out | k | null | 1
> in | k | 2 | 2
  < out | k | 2 | 2
> in | k | null | 5
  < out | k | null | 5`)
  })

  it('filters out instead of in', () => {
    const table = app((t) => {
      t.table('in', { ...texts, store: 'T' })
        .filterNot((value) => Number(value) % 2 === 0)
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | k | 1 | 1
  < out | k | 1 | 1
> in | k | 2 | 2
  < out | k | null | 2`)
  })

  it('keeps a mapped table in a store of its own when one is named', () => {
    const table = app((t) => {
      t.table('in', texts)
        .mapValues((value) => `${value}!`, { ...texts, store: 'loud' })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | a | 1 | 5
  < out | a | 1! | 5
> in | b | 2 | 6
  < out | b | 2! | 6
> in | a | null | 7
  < out | a | null | 7
= kv-store loud: [b=2!@6]`)
  })
})
