import { hours, topology, type Topology } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

interface Settings {
  readonly type: 'inner' | 'left'
  readonly versioned?: number
  readonly grace?: number
}

function joined({ type, versioned, grace }: Settings): Topology {
  return topology('app', (t) => {
    const right = t.table('right', { ...texts, store: 'right', ...(versioned === undefined ? {} : { versioned }) })
    t.source('left', texts)
      .joinTable(right, {
        type,
        select: (value, row) => `${value}-${text(row)}`,
        ...(grace === undefined ? {} : { grace }),
      })
      .to('out', texts)
  })
}

function joinedGlobally(type: 'inner' | 'left'): Topology {
  return topology('app', (t) => {
    const right = t.globalTable('right', texts)
    t.source('left', texts)
      .joinTable(right, {
        type,
        on: (value: string | null) => value?.split(',')[1] ?? null,
        select: (value, row) => `${value}+${text(row)}`,
      })
      .to('out', texts)
  })
}

describe('stream–table joins beyond the cases', () => {
  it('keeps a stream record without a row under left, with the row as it stands when the record arrives', () => {
    expect(joined({ type: 'left' })).toBring(`
> left | k | A | 3
  < out | k | A-null | 3
> right | k | a | 4
> left | k | B | 5
  < out | k | B-a | 5
> right | k | null | 8
> left | k | C | 9
  < out | k | C-null | 9
> right | k | d | 7
> left | k | D | 6
  < out | k | D-d | 6
> left | k | null | 10
= metric dropped-records-total: 1`)
  })

  it('gives the stream record its own time, whether the row is older or newer', () => {
    expect(joined({ type: 'inner' })).toBring(`
> right | k | a | 50
> left | k | A | 10
  < out | k | A-a | 10
> right | k | b | 20
> left | k | B | 90
  < out | k | B-b | 90`)
  })

  it('keeps a null key under left without a row and drops it under inner', () => {
    expect(joined({ type: 'left' })).toBring(`
> right | k | a | 0
> left | null | X | 1
  < out | null | X-null | 1
= metric dropped-records-total: 0`)
    expect(joined({ type: 'inner' })).toBring(`
> left | null | X | 1
= metric dropped-records-total: 1`)
  })

  it('carries the headers of the stream record', () => {
    expect(joined({ type: 'inner' })).toBring(`
> right | k | a | 0 | h:from=right
> left | k | A | 1 | h:from=left | h:n=1
  < out | k | A-a | 1 | h:from=left | h:n=1`)
  })

  it('reads a versioned table as it was at the time of the record under inner', () => {
    expect(joined({ type: 'inner', versioned: hours(1) })).toBring(`
> left | k | A | 3
> right | k | a | 4
> left | k | B | 5
  < out | k | B-a | 5
> right | k | b | 6
> right | k | null | 8
> left | k | C | 9
> left | k | D | 7
  < out | k | D-b | 7
> right | k | c | 5
> left | k | E | 5
  < out | k | E-c | 5`)
  })

  it('holds stream records back for the grace, and joins a record that is older than that at once', () => {
    expect(joined({ type: 'inner', versioned: hours(1), grace: 10 })).toBring(`
> right | k | a | 0
> left | k | L1 | 5
> right | k | b | 4
> left | k | L2 | 15
  < out | k | L1-b | 5
> left | k | L3 | 4
  < out | k | L3-b | 4
> right | k | c | 100
> left | k | L4 | 30
  < out | k | L2-b | 15`)
  })

  it('does not let a dropped null value move the time that held records wait for', () => {
    // the reference's buffer counts what is put into it
    expect(joined({ type: 'left', versioned: hours(1), grace: 10 })).toBring(`
> left | k | L1 | 5
> left | k | null | 30
> left | k | L2 | 6
> left | k | L3 | 16
  < out | k | L1-null | 5
  < out | k | L2-null | 6
= metric dropped-records-total: 1`)
  })

  it('gives held records in the order of their times', () => {
    expect(joined({ type: 'left', versioned: hours(1), grace: 10 })).toBring(`
> left | a | 1 | 9
> left | b | 2 | 7
> left | a | 3 | 8
> left | c | 4 | 40
  < out | b | 2-null | 7
  < out | a | 3-null | 8
  < out | a | 1-null | 9`)
  })
})

describe('stream–global-table joins beyond the cases', () => {
  it('keeps a record without a row under left, and one with a null key, but drops a null mapped key', () => {
    expect(joinedGlobally('left')).toBring(`
> left | 0 | X0,FK0 | 0
  < out | 0 | X0,FK0+null | 0
> right | FK0 | Y0 | 5
> left | 0 | X0,FK0 | 1
  < out | 0 | X0,FK0+Y0 | 1
> left | 2 | X2 | 3
> left | null | X3 | 4
  < out | null | X3+null | 4
= metric dropped-records-total: 1`)
  })

  it('drops and counts a null value, and a null key of the table', () => {
    expect(joinedGlobally('inner')).toBring(`
> right | null | Y0 | 5
= metric dropped-records-total: 1
> left | 0 | null | 6
= metric dropped-records-total: 2`)
  })

  it('joins a null stream key under inner by its mapped key', () => {
    expect(joinedGlobally('inner')).toBring(`
> right | FK0 | Y0 | 5
> left | null | X0,FK0 | 6
  < out | null | X0,FK0+Y0 | 6`)
  })
})
