import { session, string, topology } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

function sessions(gap: number, grace: number, options: { readonly emit?: 'on-window-close'; readonly cache?: number }) {
  return topology('app', (t) => {
    const table = t
      .source('in', texts)
      .groupByKey()
      .windowedBy(session(gap, { grace }))
      .aggregate({
        init: () => '0',
        add: (aggregate, value) => `${aggregate}+${text(value)}`,
        merge: (left, right) => `${left}|${right}`,
        value: string(),
        store: 'S',
        ...options,
      })
    windowedText(table).to('out', texts)
  })
}

describe('details of sessions', () => {
  it('have no headers when updated, those of the record out of a cache, those of the closing record on close', () => {
    expect(sessions(10, 0, {})).toBring(`
> in | k | a | 0 | h:n=1
  < out | k@0/0 | 0+a | 0
> in | k | b | 5 | h:n=2
  < out | k@0/0 | null | 0
  < out | k@0/5 | 0|0+a+b | 5`)
    expect(sessions(10, 0, { cache: 1_000_000 })).toBring(`
> in | k | a | 0 | h:n=1
  < out | k@0/0 | 0+a | 0 | h:n=1`)
    expect(sessions(10, 0, { emit: 'on-window-close' })).toBring(`
> in | k | a | 0 | h:n=1
> in | k | b | 11 | h:n=2
  < out | k@0/0 | 0+a | 0 | h:n=2`)
  })

  it('grow no more once they are as old as gap and grace, seen from the latest session', () => {
    expect(sessions(5, 0, {})).toBring(`
> in | a | x | 46
  < out | a@46/46 | 0+x | 46
> in | b | x | 51
  < out | b@51/51 | 0+x | 51
> in | a | y | 51
  < out | a@51/51 | 0+y | 51
= session-store S key a: [a@51/51=0+y]`)
    expect(sessions(5, 0, { emit: 'on-window-close' })).toBring(`
> in | a | x | 46
> in | b | x | 51
> in | a | y | 51
> in | a | z | 60
  < out | a@46/46 | 0+x | 46
  < out | a@51/51 | 0+y | 51
  < out | b@51/51 | 0+x | 51`)
  })
})
