import { topology, type TopologyBuilder } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)
const even = (value: string): boolean => Number(value) % 2 === 0

describe('filtered tables beyond the cases', () => {
  it('forwards every deletion when only the filter has a store: what was there above is not known', () => {
    const table = app((t) => {
      t.table('in', texts).filter(even, { store: 'F' }).toStream().to('out', texts)
    })
    expect(table).toBring(`
> in | A | 1 | 10
  < out | A | null | 10
> in | B | 2 | 5
  < out | B | 2 | 5
> in | C | 3 | 8
  < out | C | null | 8
> in | A | null | 18
  < out | A | null | 18
> in | B | null | 15
  < out | B | null | 15
= kv-store F: []`)
  })

  it('takes old values from the store of the filter itself when a group below needs them', () => {
    const table = app((t) => {
      t.table('in', texts)
        .filter(even, { store: 'F' })
        .groupBy(({ value }) => ({ key: 'all', value }), texts)
        .count()
        .toStream()
        .mapValues(text)
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | 1 | 10
> in | A | 2 | 11
  < out | all | 1 | 11
> in | A | 4 | 12
  < out | all | 1 | 12
> in | A | 3 | 13
  < out | all | 0 | 13
= kv-store F: []`)
  })

  it('leaves deletions out only if what makes old values known was written before the filter', () => {
    const define =
      (isGroupedFirst: boolean) =>
      (t: TopologyBuilder): void => {
        const table = t.table('in', texts)
        const grouped = (): void => void table.groupBy((row) => row, texts).count()
        if (isGroupedFirst) grouped()
        table.filter(even).toStream().to('out', texts)
        if (!isGroupedFirst) grouped()
      }
    expect(app(define(true))).toBring(`
> in | A | 1 | 10
> in | A | 2 | 11
  < out | A | 2 | 11
> in | A | 3 | 12
  < out | A | null | 12`)
    expect(app(define(false))).toBring(`
> in | A | 1 | 10
  < out | A | null | 10`)
  })

  it('filters a filtered table: a deletion goes on only past rows that passed both', () => {
    const table = app((t) => {
      t.table('in', { ...texts, store: 'T' })
        .filter(even)
        .filterNot((value) => value === '4', { store: 'F' })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | 1 | 1
> in | A | 4 | 2
> in | A | 2 | 3
  < out | A | 2 | 3
> in | A | 6 | 4
  < out | A | 6 | 4
= kv-store F: [A=6@4]
> in | A | 4 | 5
  < out | A | null | 5
> in | A | null | 6
= kv-store F: []`)
  })

  it('filters a mapped table by its mapped old values', () => {
    const table = app((t) => {
      t.table('in', { ...texts, store: 'T' })
        .mapValues((value) => String(Number(value) + 1))
        .filter(even)
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | 2 | 1
> in | A | 1 | 2
  < out | A | 2 | 2
> in | A | 2 | 3
  < out | A | null | 3`)
  })

  it('filters an aggregate: what was there is known without a named store', () => {
    const table = app((t) => {
      t.source('in', texts)
        .groupByKey()
        .count()
        .filter((count) => count > 1 && count < 3)
        .toStream()
        .mapValues((count) => (count === null ? null : text(count)))
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | x | 1
> in | A | x | 2
  < out | A | 2 | 2
> in | A | x | 3
  < out | A | null | 3
> in | A | x | 4`)
  })

  it('forwards every version of a versioned table that does not pass, late ones too', () => {
    const table = app((t) => {
      t.table('in', { ...texts, store: 'T', versioned: 1000 })
        .filter(even)
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | 1 | 10
  < out | A | null | 10
> in | A | 2 | 20
  < out | A | 2 | 20
> in | A | 3 | 15
  < out | A | null | 15`)
  })

  it('filters the unstored result of a foreign-key join into a store, and joins that further', () => {
    const table = app((t) => {
      const rows = t.table('in', { ...texts, store: 'T' })
      rows
        .joinTable(rows, { type: 'inner', on: (value) => value, select: (left, right) => `${left}${right}` })
        .filter((value) => value.startsWith('A'), { store: 'filtered' })
        .joinTable(rows, { type: 'left', select: (left) => left })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | A | 1
  < out | A | AA | 1
> in | A | null | 2
  < out | A | AA | 2
  < out | A | null | 2
> in | B | C | 3
> in | B | null | 4`)
  })
})
