import { skip, string, topology, type Topology, type TopologyBuilder } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

// Every output here is what Kafka Streams 4.0.0 gave for the same steps, with its handler that logs and continues.

const app = (define: (t: TopologyBuilder) => void): Topology => topology('app', define, { onProcessError: skip })

/** Throws where one of the two is bad. */
function select(left: unknown, right: unknown): string {
  const both = `${text(left)}+${text(right)}`
  if (both.includes('E')) throw new RangeError(both)
  return both
}

describe('a callback that throws, under skip', () => {
  it('ends a record at its stream join: it meets no more of the others, but they may meet it', () => {
    const joined = app((t) => {
      t.source('left', texts)
        .joinStream(t.source('right', texts), { type: 'inner', within: 50, grace: 20, select })
        .to('out', texts)
    })
    expect(joined).toBring(`
> left | k | lE | 0
> left | k | l1 | 1
> right | k | r1 | 5
> left | k | l2 | 6
  < out | k | l2+r1 | 6
> right | k | r2 | 7
= metric dropped-records-total: 2`)
  })

  it('ends a record at its self join, once for each side', () => {
    const joined = app((t) => {
      const one = t.source('in', texts)
      one.joinStream(one, { type: 'inner', within: 50, grace: 20, select }).to('out', texts)
    })
    expect(joined).toBring(`
> in | k | l1 | 0
  < out | k | l1+l1 | 0
> in | k | lE | 5
> in | k | l3 | 7
  < out | k | l3+l1 | 7
  < out | k | l1+l3 | 7
= metric dropped-records-total: 4`)
  })

  it('leaves out a stream record at its table join', () => {
    const joined = app((t) => {
      t.source('left', texts)
        .joinTable(t.table('right', { ...texts, store: 'right' }), { type: 'left', select })
        .to('out', texts)
    })
    expect(joined).toBring(`
> right | k | rE | 0
> left | k | l | 1
> right | k | r | 2
> left | k | l | 3
  < out | k | l+r | 3
= metric dropped-records-total: 1`)
  })

  it('leaves out an answer at a foreign-key join, and a row whose foreign key cannot be had, as old or as new one', () => {
    const joined = app((t) => {
      t.table('left', { ...texts, store: 'left' })
        .joinTable(t.table('right', { ...texts, store: 'right' }), {
          type: 'inner',
          on: (value) => {
            if (value.includes('7')) throw new RangeError(value)
            return 'a'
          },
          select,
          value: string(),
        })
        .toStream()
        .to('out', texts)
    })
    expect(joined).toBring(`
> right | a | r1 | 0
> left | x | l1 | 1
  < out | x | l1+r1 | 1
> right | a | rE | 2
> left | x | l2 | 3
> right | a | r3 | 4
  < out | x | l2+r3 | 4
> left | x | l7 | 5
> left | x | l8 | 6
= metric dropped-records-total: 4`)
  })

  it('ends a scheduled call where it throws; what it has forwarded stays, and it is called again', () => {
    const punctuating = app((t) => {
      t.source('in', texts)
        .process<string | null, string>((context) => {
          let calls = 0
          context.schedule(10, 'stream-time', (time) => {
            calls++
            context.forward({ key: 'p', value: String(calls), timestamp: time })
            if (calls % 2 === 0) throw new RangeError('even')
            context.forward({ key: 'q', value: String(calls), timestamp: time })
          })
          return { process: (record) => select(record.value, null) }
        })
        .to('out', texts)
    })
    expect(punctuating).toBring(`
> in | k | x | 1
  < out | p | 1 | 1
  < out | q | 1 | 1
> in | k | E | 12
  < out | p | 2 | 12
> in | k | y | 20
  < out | p | 3 | 20
  < out | q | 3 | 20
= metric dropped-records-total: 2`)
  })
})
