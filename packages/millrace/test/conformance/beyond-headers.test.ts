import { hopping, topology, untilTimeLimit, type TopologyBuilder } from 'millrace'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)

describe('headers beyond the cases', () => {
  it('stay those that a processor gave, for all that the operations below it forward', () => {
    const forwarded = app((t) => {
      const tagged = t.source('in', texts).process<string, string>((context) => ({
        process(record) {
          context.forward({ ...record, key: text(record.key), headers: [{ name: 'by', value: Buffer.from('first') }] })
          context.forward({ key: 'plain', value: record.value })
        },
      }))
      tagged
        .processValues<string>((context) => ({
          process({ key, value }) {
            context.forward({ key, value: `${value}1` })
            context.forward({ key, value: `${value}2`, headers: [] })
            context.forward({ key, value: `${value}3` })
          },
        }))
        .to('out', texts)
      tagged.to('other', texts)
    })
    expect(forwarded).toBring(`
> in | k | v | 5 | h:n=1
  < out | k | v1 | 5 | h:by=first
  < out | k | v2 | 5
  < out | k | v3 | 5 | h:by=first
  < other | k | v | 5 | h:by=first
  < out | plain | v1 | 5 | h:n=1
  < out | plain | v2 | 5
  < out | plain | v3 | 5 | h:n=1
  < other | plain | v | 5 | h:n=1`)
  })

  it('go through tables, filters, groups and windows with the record that changes them', () => {
    const all = app((t) => {
      const rows = t.table('in', { ...texts, store: 'T' })
      rows
        .filter((value) => value !== 'no')
        .mapValues((value) => `${value}!`)
        .toStream()
        .to('rows', texts)
      rows
        .groupBy(({ value }) => ({ key: value, value }), texts)
        .count()
        .toStream()
        .mapValues(text)
        .to('groups', texts)
      const windows = t
        .source('more', texts)
        .groupByKey()
        .windowedBy(hopping(10, { advance: 5 }))
      windowedText(windows.count()).to('windows', texts)
    })
    expect(all).toBring(`
> in | k | a | 1 | h:n=1
  < rows | k | a! | 1 | h:n=1
  < groups | a | 1 | 1 | h:n=1
> in | k | no | 2 | h:n=2
  < rows | k | null | 2 | h:n=2
  < groups | a | 0 | 2 | h:n=2
  < groups | no | 1 | 2 | h:n=2
> more | k | a | 7 | h:n=3
  < windows | k@0/10 | 1 | 7 | h:n=3
  < windows | k@5/15 | 1 | 7 | h:n=3`)
  })

  it('of an update held back are its own, not those of the record that lets it go', () => {
    const held = app((t) => {
      const rows = t.table('in', { ...texts, store: 'T' })
      rows.suppress(untilTimeLimit(10)).toStream().to('out', texts)
      rows.toStream().to('raw', texts)
    })
    expect(held).toBring(`
> in | a | 1 | 0 | h:n=1
  < raw | a | 1 | 0 | h:n=1
> in | b | 2 | 10 | h:n=2 | h:m=3
  < out | a | 1 | 0 | h:n=1
  < raw | b | 2 | 10 | h:n=2 | h:m=3`)
  })
})
