import { string, topology, type TopologyBuilder } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)

describe('aggregations beyond the cases', () => {
  it('reduces from the first value on, with the latest time', () => {
    const reduced = app((t) => {
      t.source('in', texts)
        .groupByKey()
        .reduce((aggregate, value) => `${aggregate}+${value}`, { store: 'R' })
        .toStream()
        .to('out', texts)
    })
    expect(reduced).toBring(`
> in | A | 1 | 10
  < out | A | 1 | 10
> in | A | 2 | 5
  < out | A | 1+2 | 10
> in | null | 3 | 20
> in | A | null | 30
> in | B | 3 | 7
  < out | B | 3 | 7
= kv-store R: [A=1+2@10, B=3@7]
= metric dropped-records-total: 2`)
  })

  it('deletes what an aggregator gives null for, and begins anew with the time of the next record', () => {
    const aggregated = app((t) => {
      t.source('in', texts)
        .groupByKey()
        .aggregate({
          init: () => '0',
          add: (aggregate, value) => (value === 'x' ? null : `${aggregate}+${value}`),
          value: string(),
          store: 'A',
        })
        .toStream()
        .to('out', texts)
    })
    expect(aggregated).toBring(`
> in | A | 1 | 10
  < out | A | 0+1 | 10
> in | A | x | 20
  < out | A | null | 20
= kv-store A: []
> in | A | 2 | 5
  < out | A | 0+2 | 5
= kv-store A: [A=0+2@5]`)
  })

  it('moves a row between groups: out of the old one first, then into the new one', () => {
    const moved = app((t) => {
      t.table('in', { ...texts, store: 'in' })
        .groupBy(({ key, value }) => ({ key: value, value: key }), { ...texts, name: 'g' })
        .aggregate({
          init: () => '',
          add: (aggregate, value) => `${aggregate}+${value}`,
          subtract: (aggregate, value) => `${aggregate}-${value}`,
          value: string(),
        })
        .toStream()
        .to('out', texts)
    })
    expect(moved).toBring(`
> in | a | red | 1
  < out | red | +a | 1
> in | b | red | 2
  < out | red | +a+b | 2
> in | a | blue | 3
  < out | red | +a+b-a | 3
  < out | blue | +a | 3
> in | a | blue | 4
  < out | blue | +a-a+a | 4
> in | a | null | 5
  < out | blue | +a-a+a-a | 5
> in | never | null | 6`)
  })

  it('leaves rows without a group or a grouped value out', () => {
    const grouped = app((t) => {
      t.table('in', { ...texts, store: 'in' })
        .groupBy(({ value }) => ({ key: value === 'none' ? null : value, value }), texts)
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    expect(grouped).toBring(`
> in | a | red | 1
  < out | red | 1 | 1
> in | a | none | 2
  < out | red | 0 | 2
> in | a | red | 3
  < out | red | 1 | 3`)
  })

  it('reduces a table: subtracts only from what is there, and deletes what comes out as null', () => {
    const reduced = app((t) => {
      t.table('in', { ...texts, store: 'in' })
        .groupBy(({ value }) => ({ key: 'all', value }), texts)
        .reduce({
          add: (aggregate, value) => `${aggregate}+${value}`,
          subtract: (aggregate, value) => (aggregate === value ? null : `${aggregate}-${value}`),
          store: 'R',
        })
        .toStream()
        .to('out', texts)
    })
    expect(reduced).toBring(`
> in | a | 1 | 1
  < out | all | 1 | 1
> in | a | null | 2
  < out | all | null | 2
= kv-store R: []
> in | b | 2 | 3
  < out | all | 2 | 3
> in | b | 3 | 4
  < out | all | 3 | 4`)
  })

  it('aggregates several streams into one table, each with its own aggregator', () => {
    const cogrouped = app((t) => {
      const [one, two] = ['one', 'two'].map((topic) => t.source(topic, texts).groupByKey())
      one!
        .cogroup<string>((aggregate, value) => `${aggregate}+${value}`)
        .cogroup(two!, (aggregate, value) => `${aggregate}-${value}`)
        .aggregate({ init: () => '0', value: string(), store: 'both' })
        .toStream()
        .to('out', texts)
    })
    expect(cogrouped).toBring(`
> one | k | a | 1
  < out | k | 0+a | 1
> two | k | b | 5
  < out | k | 0+a-b | 5
> one | k | c | 3
  < out | k | 0+a-b+c | 5
> two | null | d | 6
> one | k | null | 7
= metric dropped-records-total: 2
= kv-store both: [k=0+a-b+c@5]`)
  })

  it('gives only the last update of a key since the last commit when it has a cache', () => {
    const counted = app((t) => {
      t.source('in', texts)
        .flatMapValues((value) => value.split(','))
        .groupByKey()
        .count({ cache: 1_000_000, store: 'cnt' })
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    expect(counted).toBring(`
> in | A | a,b,c | 1
  < out | A | 3 | 1
> in | B | x | 2
  < out | B | 1 | 2
> in | A | d,e | 3
  < out | A | 5 | 3
= kv-store cnt: [A=5@3, B=1@2]`)
  })

  it('gives nothing for a key that came and went between two commits when it has a cache', () => {
    const aggregated = app((t) => {
      t.source('in', texts)
        .flatMapValues((value) => value.split(','))
        .groupByKey()
        .aggregate({
          init: () => '',
          add: (aggregate, value) => (value === 'x' ? null : aggregate + value),
          value: string(),
          cache: 1_000_000,
        })
        .toStream()
        .to('out', texts)
    })
    expect(aggregated).toBring(`
> in | A | a,b,x | 1
> in | A | a,b | 2
  < out | A | ab | 2
> in | A | x | 3
  < out | A | null | 3`)
  })

  it('lets the last headers of a key go with a cached update', () => {
    const counted = app((t) => {
      t.source('in', texts).groupByKey().count({ cache: 1_000_000 }).toStream().mapValues(text).to('out', texts)
    })
    expect(counted).toBring(`
> in | A | a | 1 | h:n=1
  < out | A | 1 | 1 | h:n=1`)
  })

  it('subtracts, behind a cache, what was there at the last commit', () => {
    const counted = app((t) => {
      t.source('in', texts)
        .flatMapValues((value) => value.split(','))
        .toTable({ ...texts, store: 'T', cache: 1_000_000 })
        .groupBy(({ value }) => ({ key: value, value }), texts)
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    expect(counted).toBring(`
> in | a | red,green,blue | 1
  < out | blue | 1 | 1
> in | a | red,yellow | 2
  < out | blue | 0 | 2
  < out | yellow | 1 | 2`)
  })

  it('gives an aggregate the headers of the record that changes it', () => {
    const counted = app((t) => {
      t.source('in', texts).groupByKey().count().toStream().mapValues(text).to('out', texts)
    })
    expect(counted).toBring(`
> in | A | a | 1 | h:n=1
  < out | A | 1 | 1 | h:n=1
> in | A | b | 2 | h:m=2
  < out | A | 2 | 2 | h:m=2`)
  })
})
