import { hopping, session, string, topology, tumbling, type TopologyBuilder } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)
const cache = 1_000_000
const letters = (t: TopologyBuilder) => t.source('in', texts).flatMapValues((value) => value.split(','))
const concat = (aggregate: string, value: string): string | null => (value === 'x' ? null : aggregate + value)

describe('record caches beyond the cases', () => {
  it('lets a cache fill the one behind it within one commit', () => {
    const mapped = app((t) => {
      letters(t)
        .groupByKey()
        .count({ cache })
        .mapValues((count) => count * 10, { store: 'tens', cache })
        .filter((tens) => tens > 10, { store: 'large', cache })
        .toStream()
        .mapValues((tens) => (tens === null ? null : text(tens)))
        .to('out', texts)
    })
    expect(mapped).toBring(`
> in | A | a | 1
> in | A | b,c | 2
  < out | A | 30 | 2
= kv-store tens: [A=30@2]
= kv-store large: [A=30@2]`)
  })

  it('gives a cached deletion the time of its record, any other update that of the aggregate', () => {
    const aggregated = (bytes: number) =>
      app((t) => {
        letters(t)
          .groupByKey()
          .aggregate({ init: () => '', add: concat, value: string(), cache: bytes })
          .toStream()
          .to('out', texts)
      })
    const steps = (deletedAt: number): string => `
> in | A | a | 10
  < out | A | a | 10
> in | A | b | 4
  < out | A | ab | 10
> in | A | x | 5
  < out | A | null | ${deletedAt}`
    expect(aggregated(cache)).toBring(steps(5))
    expect(aggregated(0)).toBring(steps(10))
  })

  it('gathers the updates of every window', () => {
    const counted = app((t) => {
      const table = letters(t)
        .groupByKey()
        .windowedBy(hopping(10, { advance: 5, grace: 100 }))
        .count({ cache, store: 'W' })
      windowedText(table).to('out', texts)
    })
    expect(counted).toBring(`
> in | A | a,b | 7
  < out | A@0/10 | 2 | 7
  < out | A@5/15 | 2 | 7
> in | A | c | 2
  < out | A@0/10 | 3 | 7
= window-store W (all windows): [A@0=3@7, A@5=2@7]`)
  })

  it('gives, of sessions that grow within a commit, the last one, and deletes only those that were given', () => {
    const counted = app((t) => {
      const table = letters(t)
        .groupByKey()
        .windowedBy(session(10, { grace: 100 }))
        .count({ cache, store: 'S' })
      windowedText(table).to('out', texts)
    })
    expect(counted).toBring(`
> in | A | a,b | 0
  < out | A@0/0 | 2 | 0
> in | A | c | 5
  < out | A@0/0 | null | 0
  < out | A@0/5 | 3 | 5
= session-store S key A: [A@0/5=3]`)
  })

  it('does not gather versions: each one counts', () => {
    const table = app((t) => {
      letters(t)
        .toTable({ ...texts, store: 'T', versioned: 100, cache })
        .toStream()
        .to('out', texts)
    })
    expect(table).toBring(`
> in | A | a,b | 1
  < out | A | a | 1
  < out | A | b | 1`)
  })

  it('gathers nothing where a result comes once, on close', () => {
    const counted = app((t) => {
      const table = letters(t).groupByKey().windowedBy(tumbling(10)).count({ cache, emit: 'on-window-close' })
      windowedText(table).to('out', texts)
    })
    expect(counted).toBring(`
> in | A | a,b | 1
> in | B | c | 10
  < out | A@0/10 | 2 | 1`)
  })

  it('joins tables behind caches by what their stores hold', () => {
    const joined = app((t) => {
      t.table('left', { ...texts, store: 'L', cache })
        .joinTable(t.table('right', { ...texts, store: 'R', cache }), {
          type: 'outer',
          select: (left, right) => `${text(left)}-${text(right)}`,
          value: string(),
          store: 'J',
          cache,
        })
        .toStream()
        .to('out', texts)
    })
    expect(joined).toBring(`
> left | k | A | 1
  < out | k | A-null | 1
> right | k | a | 3
  < out | k | A-a | 3
> left | k | null | 2
  < out | k | null-a | 3
= kv-store J: [k=null-a@3]`)
  })
})
