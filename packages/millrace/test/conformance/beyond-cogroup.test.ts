import {
  type KGroupedStream,
  session,
  sliding,
  string,
  topology,
  type TopologyBuilder,
  tumbling,
  unlimited,
} from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

type Kind = 'time' | 'sliding' | 'session'

/** Values of `one` with a plus, those of `two` with a minus. */
function cogrouped(kind: Kind) {
  return topology('app', (t) => {
    const [one, two] = ['one', 'two'].map((topic) => t.source(topic, texts).groupByKey())
    const both = one!
      .cogroup<string>((aggregate, value) => `${aggregate}+${text(value)}`)
      .cogroup(two!, (aggregate, value) => `${aggregate}-${text(value)}`)
    const options = { init: () => '0', value: string() }
    const merge = (left: string, right: string): string => `${left}|${right}`
    const table =
      kind === 'session'
        ? both.aggregateSessions(session(10), { ...options, merge })
        : both.aggregateWindowed(kind === 'time' ? tumbling(10) : sliding(10), options)
    windowedText(table).to('out', texts)
  })
}

describe('cogroups beyond the cases', () => {
  it('refuse a stream of another topology', () => {
    const elsewhere: KGroupedStream<string, string>[] = []
    const add = (count: number): number => count + 1
    topology('other', (t) => {
      elsewhere.push(t.source('one', texts).groupByKey())
      elsewhere[0]!.count()
    })
    const define = (t: TopologyBuilder) => t.source('two', texts).groupByKey().cogroup(add).cogroup(elsewhere[0]!, add)
    expect(() => topology('app', define)).toThrow(/cogroup\(\) got a stream or table of another topology/)
  })

  it('fill one window without an end', () => {
    const forever = topology('app', (t) => {
      const table = t
        .source('in', texts)
        .groupByKey()
        .cogroup<string>((all, value) => all + text(value))
        .aggregateWindowed(unlimited({ start: 10 }), { init: () => '', value: string() })
      table
        .toStream()
        .map(({ key, value }) => ({ key: `${key.key}@${key.window.start}`, value }))
        .to('out', texts)
    })
    expect(forever).toBring(`
> in | k | early | 9
> in | k | a | 10
  < out | k@10 | a | 10
> in | k | b | 90
  < out | k@10 | ab | 90`)
  })
})

describe('windowed cogroups beyond the cases', () => {
  it('keep a stream time per input: what is late for one is on time for the other', () => {
    expect(cogrouped('time')).toBring(`
> one | k | a | 27
  < out | k@20/30 | 0+a | 27
> two | k | b | 5
  < out | k@0/10 | 0-b | 5
> one | k | c | 19
> two | k | d | 22
  < out | k@20/30 | 0+a-d | 27
> two | k | e | 9
= metric dropped-records-total: 2`)
  })

  it('put records of both inputs into one sliding window', () => {
    expect(cogrouped('sliding')).toBring(`
allows: 3
> one | k | a | 20
  < out | k@10/20 | 0+a | 20
> two | k | b | 25
  < out | k@21/31 | 0-b | 25
  < out | k@15/25 | 0+a-b | 25
> two | k | null | 26
> one | null | c | 27
= metric dropped-records-total: 2`)
  })

  it('join sessions across inputs, null values too', () => {
    expect(cogrouped('session')).toBring(`
> one | k | a | 0
  < out | k@0/0 | 0+a | 0
> two | k | null | 8
  < out | k@0/0 | null | 0
  < out | k@0/8 | 0|0+a-null | 8
> one | k | b | 12
  < out | k@0/8 | null | 8
  < out | k@0/12 | 0|0|0+a-null+b | 12`)
  })
})
