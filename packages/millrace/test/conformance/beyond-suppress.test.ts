import { days, session, string, topology, tumbling, untilTimeLimit, untilWindowCloses } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

function heldRows(until: ReturnType<typeof untilTimeLimit>) {
  return topology('app', (t) => {
    t.table('in', { ...texts, store: 'in' })
      .suppress(until)
      .toStream()
      .to('out', texts)
  })
}

function heldWindows(until: ReturnType<typeof untilWindowCloses>) {
  return topology('app', (t) => {
    const table = t
      .source('in', texts)
      .groupByKey()
      .windowedBy(tumbling(10, { grace: 5 }))
      .count()
    windowedText(table.suppress(until)).to('out', texts)
  })
}

describe('suppress beyond the cases', () => {
  it('lets a row go with the time and headers of its last update', () => {
    expect(heldRows(untilTimeLimit(10))).toBring(`
> in | a | 1 | 0 | h:n=1
> in | a | 2 | 5 | h:n=2
> in | b | 1 | 10 | h:n=3
  < out | a | 2 | 5 | h:n=2`)
  })

  it('lets deletions go, too', () => {
    expect(heldRows(untilTimeLimit(10))).toBring(`
> in | a | 1 | 0
> in | a | null | 5
> in | b | 1 | 10
  < out | a | null | 5`)
  })

  it('lets the oldest go early when it holds too many', () => {
    expect(heldRows(untilTimeLimit(days(1), { maxRecords: 1 }))).toBring(`
> in | a | 1 | 5
> in | b | 1 | 3
  < out | b | 1 | 3
> in | c | 1 | 9
  < out | a | 1 | 5
> in | c | 2 | 10`)
  })

  it('does not hold anything with a limit of 0', () => {
    expect(heldRows(untilTimeLimit(0))).toBring(`
> in | a | 1 | 5
  < out | a | 1 | 5
> in | a | 2 | 3
  < out | a | 2 | 3`)
  })

  it('counts only the time of what it sees', () => {
    const app = topology('app', (t) => {
      t.table('in', { ...texts, store: 'in' })
        .filter((value) => value !== 'no')
        .suppress(untilTimeLimit(10))
        .toStream()
        .to('out', texts)
    })
    expect(app).toBring(`
> in | a | 1 | 0
> in | b | no | 100
> in | b | 1 | 9
> in | b | 1 | 10
  < out | a | 1 | 0`)
  })

  it('gives windows in the order of their ends', () => {
    expect(heldWindows(untilWindowCloses())).toBring(`
> in | b | 1 | 12
> in | a | 1 | 8
> in | c | 1 | 40
  < out | a@0/10 | 1 | 8
  < out | b@10/20 | 1 | 12`)
  })

  it('gives sessions once, without the deletions of what they grew from', () => {
    const app = topology('app', (t) => {
      const table = t.source('in', texts).groupByKey().windowedBy(session(5)).count()
      windowedText(table.suppress(untilWindowCloses())).to('out', texts)
    })
    expect(app).toBring(`
> in | k1 | v1 | 0
> in | k1 | v1 | 1
> in | k2 | v1 | 5
> in | k2 | v1 | 6
  < out | k1@0/1 | 2 | 1
> in | k3 | v1 | 30
  < out | k2@5/6 | 2 | 6`)
  })

  it('fails when windows need more room than it has', () => {
    expect(() =>
      expect(heldWindows(untilWindowCloses({ maxRecords: 1 }))).toBring(`
> in | a | 1 | 0
> in | b | 1 | 1`),
    ).toThrow(/suppress/i)
  })

  it('refuses to wait for windows that a table does not have', () => {
    expect(() =>
      topology('app', (t) => {
        const rows = t.table('in', texts)
        // @ts-expect-error untilWindowCloses() needs the result of a windowed aggregation
        rows.suppress(untilWindowCloses())
      }),
    ).toThrow(/window/)
  })

  it('shows a join that looks the held table up what it has let go, not what it holds', () => {
    const app = topology('app', (t) => {
      t.table('left', { ...texts, store: 'left' })
        .suppress(untilTimeLimit(10))
        .joinTable(t.table('right', { ...texts, store: 'right' }), {
          type: 'inner',
          select: (left, right) => `${text(left)}-${text(right)}`,
          value: string(),
        })
        .toStream()
        .to('out', texts)
    })
    expect(app).toBring(`
> left | k | A | 0
> right | k | a | 1
> left | x | tick | 10
  < out | k | A-a | 1
> left | k | B | 11
> right | k | b | 12
  < out | k | A-b | 12
> left | x | tock | 21
  < out | k | B-b | 12`)
  })
})
