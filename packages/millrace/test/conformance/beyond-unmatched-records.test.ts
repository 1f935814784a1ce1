import { topology, type Topology } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

// Every output here is what Kafka Streams 4.0.0 gave for the same steps.

interface Settings {
  readonly type: 'inner' | 'left' | 'outer'
  readonly within?: number
  readonly before?: number
  readonly after?: number
}

const select = (left: unknown, right: unknown): string => `${text(left)}+${text(right)}`

function joined(settings: Settings): Topology {
  return topology('app', (t) => {
    t.source('left', texts)
      .joinStream(t.source('right', texts), { ...settings, select })
      .to('out', texts)
  })
}

describe('when unmatched records of stream joins come', () => {
  it('lets a record look only when the oldest is due by the window of its own side', () => {
    expect(joined({ type: 'left', before: 50, after: 0 })).toBring(`
> left | a | A | 33
> right | k | r | 44
> left | b | B | 52
  < out | a | A+null | 33
> left | k | K | 61
  < out | b | B+null | 52
  < out | k | K+r | 61`)
    expect(joined({ type: 'left', before: 60, after: 0 })).toBring(`
> left | a | A | 40
> right | k | r | 46
> right | k | s | 60
> right | k | t | 101
  < out | a | A+null | 40`)
  })

  it('goes on from where the last look stopped, so that a record may wait longer than its window', () => {
    expect(joined({ type: 'left', within: 10 })).toBring(`
> left | a | A | 0
> right | a | a | 0
  < out | a | A+a | 0
> left | b | B | 5
> left | c | C | 9
> left | d | D | 11
> left | e | E | 16
> left | f | F | 20
  < out | b | B+null | 5
  < out | c | C+null | 9`)
  })

  it('gives, of both sides, what is due by its own window, the right side first at the same time', () => {
    expect(joined({ type: 'outer', before: 0, after: 20 })).toBring(`
> left | a | A | 0
> right | b | r | 5
> right | c | s | 6
  < out | b | null+r | 5
> left | d | D | 7
> right | e | t | 8
  < out | c | null+s | 6
> left | f | F | 30
  < out | a | A+null | 0
  < out | d | D+null | 7
  < out | e | null+t | 8
> right | g | u | 60
  < out | f | F+null | 30`)
  })

  it('meets itself, and others, as far as two buffers would keep them', () => {
    const app = topology('app', (t) => {
      const one = t.source('in', texts)
      one.joinStream(one, { type: 'inner', before: 0, after: 80, select }).to('out', texts)
    })
    expect(app).toBring(`
> in | k | i0 | 33
  < out | k | i0+i0 | 33
> in | k | i1 | 78
  < out | k | i0+i1 | 78
  < out | k | i1+i1 | 78
> in | k | i5 | 113
  < out | k | i1+i5 | 113
  < out | k | i5+i5 | 113
> in | k | i6 | 34
  < out | k | i6+i1 | 78
  < out | k | i6+i5 | 113
  < out | k | i6+i6 | 34
> in | k | i7 | 33
  < out | k | i7+i6 | 34
  < out | k | i7+i1 | 78
  < out | k | i7+i5 | 113`)
  })
})
