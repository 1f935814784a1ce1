import { hours, string, topology, type Topology } from 'millrace'
import { describe, expect, it } from 'vitest'
import { foreignKey } from './topologies/foreign-key-joins.ts'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const select = (left: unknown, right: unknown): string => `${text(left)}-${text(right)}`
const history = { versioned: hours(1) }

interface Settings {
  readonly type: 'inner' | 'left' | 'outer'
  readonly left?: { readonly versioned?: number }
  readonly right?: { readonly versioned?: number }
}

function joined({ type, left = {}, right = {} }: Settings): Topology {
  return topology('app', (t) => {
    t.table('left', { ...texts, store: 'left', ...left })
      .joinTable(t.table('right', { ...texts, store: 'right', ...right }), { type, select })
      .toStream()
      .to('out', texts)
  })
}

function joinedByForeignKey(type: 'inner' | 'left'): Topology {
  return topology('app', (t) => {
    t.table('left', { ...texts, store: 'left' })
      .joinTable(t.table('right', { ...texts, store: 'right' }), {
        type,
        on: foreignKey,
        select: (value, row) => `(${value},${text(row)})`,
        store: 'out-store',
        value: string(),
      })
      .toStream()
      .to('out', texts)
  })
}

describe('table–table joins beyond the cases', () => {
  it('keeps rows without a partner under left, and deletes them only when they were there', () => {
    expect(joined({ type: 'left' })).toBring(`
> left | k | null | 1
> right | k | null | 2
> left | k | A | 3
  < out | k | A-null | 3
> right | k | a | 4
  < out | k | A-a | 4
> left | k | null | 7
  < out | k | null | 7
> right | k | null | 8
> left | k | C | 9
  < out | k | C-null | 9
> right | k | c | 10
  < out | k | C-c | 10
> right | k | null | 11
  < out | k | C-null | 11
> left | k | null | 12
  < out | k | null | 12
> right | k | d | 7
> left | k | D | 6
  < out | k | D-d | 7
> left | k | null | 2
  < out | k | null | 7
> right | k | null | 3
> left | k | F | 4
  < out | k | F-null | 4
> right | k | f | 3
  < out | k | F-f | 4`)
  })

  it('keeps the rows of both sides under outer', () => {
    expect(joined({ type: 'outer' })).toBring(`
> left | k | A | 3
  < out | k | A-null | 3
> right | k | a | 4
  < out | k | A-a | 4
> left | k | null | 7
  < out | k | null-a | 7
> right | k | null | 8
  < out | k | null | 8
> right | k | null | 13
> right | k | d | 7
  < out | k | null-d | 7
> left | k | D | 6
  < out | k | D-d | 7
> left | k | null | 2
  < out | k | null-d | 7
> right | k | null | 3
  < out | k | null | 3`)
  })

  it('ignores late rows of the versioned side only', () => {
    expect(joined({ type: 'inner', left: history })).toBring(`
> left | k | A | 12
> right | k | a | 14
  < out | k | A-a | 14
> left | k | B | 10
> right | k | b | 9
  < out | k | A-b | 12
> left | k | null | 11
> right | k | null | 8
  < out | k | null | 12`)
  })

  it('gives an update that changes nothing again: there is no emit on change', () => {
    expect(joined({ type: 'inner' })).toBring(`
> left | k | A | 1
> right | k | a | 2
  < out | k | A-a | 2
> right | k | a | 2
  < out | k | A-a | 2`)
  })

  it('sends nothing for a deletion that nothing could have seen', () => {
    expect(joined({ type: 'inner' })).toBring(`
> left | k | A | 1
> left | k | null | 2
> right | k | a | 3
> right | k | null | 4`)
  })

  it('looks up a join that is not stored by asking both its sides', () => {
    const app = topology('app', (t) => {
      const [one, two, three] = ['one', 'two', 'three'].map((topic) => t.table(topic, { ...texts, store: topic }))
      const inner = one!.joinTable(two!, { type: 'inner', select })
      inner.joinTable(three!, { type: 'inner', select }).toStream().to('out', texts)
    })
    expect(app).toBring(`
> one | k | 1 | 1
> two | k | 2 | 5
> three | k | 3 | 2
  < out | k | 1-2-3 | 5
> one | k | null | 3
  < out | k | null | 5`)
  })
})

describe('what a table join replaces', () => {
  it('is joined of the old row of either side, also where results are kept in a store', () => {
    const app = topology('app', (t) => {
      t.table('left', { ...texts, store: 'left' })
        .joinTable(t.table('right', { ...texts, store: 'right' }), {
          type: 'left',
          select,
          store: 'S',
          value: string(),
        })
        .groupBy(({ value }) => ({ key: 'all', value }), texts)
        .aggregate({
          init: () => '0',
          add: (sum, value) => `${sum}+${value}`,
          subtract: (sum, value) => `${sum}-${value}`,
          value: string(),
        })
        .toStream()
        .to('out', texts)
    })
    expect(app).toBring(`
> right | k | r4 | 55
> left | k | l5 | 112
  < out | all | 0+l5-r4 | 112
> right | k | r6 | 120
  < out | all | 0+l5-r4-l5-r4+l5-r6 | 120
> left | k | l7 | 130
  < out | all | 0+l5-r4-l5-r4+l5-r6-l5-r6+l7-r6 | 130
> right | k | null | 131
  < out | all | 0+l5-r4-l5-r4+l5-r6-l5-r6+l7-r6-l7-r6+l7-null | 131`)
  })
})

describe('foreign-key joins beyond the cases', () => {
  it('follows the right side: a row that comes, changes and goes', () => {
    expect(joinedByForeignKey('inner')).toBring(`
> left | lhs1 | v|rhs1 | 0
> right | rhs1 | one | 3
  < out | lhs1 | (v|rhs1,one) | 3
> right | rhs1 | two | 2
  < out | lhs1 | (v|rhs1,two) | 2
> right | rhs1 | null | 6
  < out | lhs1 | null | 6
> right | rhs1 | three | 5
  < out | lhs1 | (v|rhs1,three) | 5
= kv-store out-store: [lhs1=(v|rhs1,three)@5]`)
  })

  it('gives all rows that name a changed row, in byte order of their keys', () => {
    expect(joinedByForeignKey('inner')).toBring(`
> left | b | 2|fk | 0
> left | a | 1|fk | 0
> left | c | 3|other | 0
> right | fk | r | 5
  < out | a | (1|fk,r) | 5
  < out | b | (2|fk,r) | 5`)
  })

  it('drops and counts a row without a foreign key under inner, and keeps it under left', () => {
    expect(joinedByForeignKey('inner')).toBring(`
> left | lhs1 | v | 0
= metric dropped-records-total: 1`)
    expect(joinedByForeignKey('left')).toBring(`
> left | lhs1 | v | 0
  < out | lhs1 | (v,null) | 0
= kv-store out-store: [lhs1=(v,null)@0]`)
  })

  it('deletes the result when the left row goes, under left too', () => {
    expect(joinedByForeignKey('left')).toBring(`
allows: 2
> left | lhs1 | v|rhs1 | 0
  < out | lhs1 | (v|rhs1,null) | 0
> right | rhs1 | r | 1
  < out | lhs1 | (v|rhs1,r) | 1
> left | lhs1 | null | 2
  < out | lhs1 | null | 2
> right | rhs1 | again | 3
= kv-store out-store: []`)
  })

  it('updates a row whose foreign key stays', () => {
    expect(joinedByForeignKey('inner')).toBring(`
> right | rhs1 | r | 0
> left | lhs1 | one|rhs1 | 1
  < out | lhs1 | (one|rhs1,r) | 1
> left | lhs1 | two|rhs1 | 2
  < out | lhs1 | (two|rhs1,r) | 2`)
  })
})
