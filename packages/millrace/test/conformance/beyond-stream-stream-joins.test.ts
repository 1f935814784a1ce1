import { hours, seconds, topology, type Topology } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

interface Settings {
  readonly type: 'inner' | 'left' | 'outer'
  readonly within?: number
  readonly before?: number
  readonly after?: number
  readonly grace?: number
}

const select = (left: unknown, right: unknown): string => `${text(left)}+${text(right)}`

function joined(settings: Settings): Topology {
  return topology('app', (t) => {
    const left = t.source('left', texts)
    left.joinStream(t.source('right', texts), { ...settings, select }).to('out', texts)
  })
}

describe('stream–stream joins beyond the cases', () => {
  it('gives left records with a null key at once under left, and drops such right ones', () => {
    expect(joined({ type: 'left', within: seconds(10), grace: hours(24) })).toBring(`
> left | k | A | 3
> right | k | a | 4
  < out | k | A+a | 4
> left | null | E | 16
  < out | null | E+null | 16
> right | null | e | 17
> left | k | null | 18
= metric dropped-records-total: 2`)
  })

  it('gives records of both sides with a null key at once under outer', () => {
    expect(joined({ type: 'outer', within: seconds(10) })).toBring(`
> left | null | E | 16
  < out | null | E+null | 16
> right | null | e | 17
  < out | null | null+e | 17
= metric dropped-records-total: 0`)
  })

  it('drops null values under outer, also with a null key', () => {
    expect(joined({ type: 'outer', within: 100 })).toBring(`
> left | A | null | 0
> right | A | null | 1
> left | null | null | 2
= metric dropped-records-total: 3`)
  })

  it('looks only as far as before and after say', () => {
    expect(joined({ type: 'inner', before: 10, after: 50 })).toBring(`
> left | k | A | 100
> right | k | a | 89
> right | k | b | 90
  < out | k | A+b | 100
> right | k | c | 150
  < out | k | A+c | 150
> right | k | d | 151`)
  })

  it('mirrors the window for right records that come first', () => {
    expect(joined({ type: 'inner', before: 10, after: 50 })).toBring(`
> right | k | a | 100
> left | k | A | 49
> left | k | B | 50
  < out | k | B+a | 100
> left | k | C | 110
  < out | k | C+a | 110
> left | k | D | 111`)
  })

  it('lets a dropped null value move the time that closes windows', () => {
    expect(joined({ type: 'left', within: 100 })).toBring(`
> left | k | A | 0
> right | k | null | 200
> left | k | B | 50
  < out | k | B+null | 50
> right | x | y | 200
  < out | k | A+null | 0`)
  })

  it('gives what has expired before the join result of the record that lets it expire', () => {
    expect(joined({ type: 'left', within: 10 })).toBring(`
> left | a | old | 0
> right | b | r | 5
> left | b | l | 15
  < out | a | old+null | 0
  < out | b | l+r | 15`)
  })

  it('carries the headers of the record that triggers', () => {
    expect(joined({ type: 'inner', within: 10 })).toBring(`
> left | k | A | 0 | h:from=left
> right | k | a | 1 | h:from=right
  < out | k | A+a | 1 | h:from=right`)
  })

  it('takes a match back from either side: it is not given as unmatched later', () => {
    expect(joined({ type: 'outer', within: 10 })).toBring(`
> right | k | a | 0
> left | k | A | 5
  < out | k | A+a | 5
> left | m | M | 6
> right | x | x | 100
  < out | m | M+null | 6
> left | y | y | 300
  < out | x | null+x | 100`)
  })

  it('joins a stream with itself as with another', () => {
    const app = topology('app', (t) => {
      const one = t.source('in', texts)
      one.joinStream(one, { type: 'inner', within: 10, select }).to('out', texts)
    })
    expect(app).toBring(`
> in | k | A | 1
  < out | k | A+A | 1
> in | k | B | 2
  < out | k | B+A | 2
  < out | k | A+B | 2
  < out | k | B+B | 2
> in | m | M | 3
  < out | m | M+M | 3`)
  })

  it('refuses a join without a window, or with a negative one', () => {
    expect(() => joined({ type: 'inner' })).toThrow(/no window/)
    expect(() => joined({ type: 'inner', before: -20, after: 10 })).toThrow(/OPTION_INVALID|before \+ after/)
  })
})
