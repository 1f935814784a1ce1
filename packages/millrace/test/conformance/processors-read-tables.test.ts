import {
  type KTable,
  long,
  topology,
  tumbling,
  session,
  type TopologyBuilder,
  untilTimeLimit,
  StreamsError,
} from 'millrace'
import { testDriver } from 'millrace/testing'
import type { ProcessorContext, ReadableKeyValueStore, ValueAndTimestamp } from 'millrace/ports'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)
type Rows<V = string> = ReadableKeyValueStore<string, ValueAndTimestamp<V>>

/** Looks the record's value up in a table, and tells all its rows. */
function reading<V>(table: (t: TopologyBuilder) => KTable<string, V>) {
  return app((t) => {
    const rows = table(t)
    t.source('in', texts)
      .process(
        (context: ProcessorContext<string, string, { readonly rows: Rows<V> }>) => ({
          process({ key, value }) {
            const { stores } = context
            const row = stores.rows.get(value)
            const all = [...stores.rows.all()].map((one) => one[0]).join(',')
            const from = [...stores.rows.range('b', undefined)].length
            const near = [...stores.rows.prefixScan(Buffer.from('a'))].length
            const seen = `${String(row?.value)}@${row?.timestamp} of ${all} (${stores.rows.size}, ${from}, ${near})`
            context.forward({ key: text(key), value: 'put' in stores.rows ? 'writable' : seen })
          },
        }),
        { stores: { rows } },
      )
      .to('out', texts)
  })
}

describe('processors read tables', () => {
  it('of a topic, which are kept in a store for it', () => {
    const read = reading((t) => t.table('users', texts))
    expect(read).toBring(`
> users | ann | A | 5
> users | bob | B | 6
> in | k | ann | 7
  < out | k | A@5 of ann,bob (2, 1, 1) | 7
> users | ann | null | 8
> in | k | ann | 9
  < out | k | undefined@undefined of bob (1, 1, 0) | 9`)
    expect(read.describe()).toContain('process (tables users-table)')
    expect(read.describe('kafka-streams')).toMatch(/Processor: in-process \(stores: \[users-table\]\)/)
    expect(read.explain()).toContain('looks up     rows in users-table')
    expect(read.explain()).not.toContain('Sub-topology 1')
  })

  it('of an aggregation', () => {
    expect(reading((t) => t.source('words', texts).groupByKey().count())).toBring(`
> words | a | x | 1
> words | a | x | 3
> in | k | a | 4
  < out | k | 2@3 of a (1, 0, 1) | 4`)
  })

  it('that filter and map the rows of a stored one, without a store of their own', () => {
    const read = reading((t) =>
      t
        .table('users', texts)
        .filter((value) => value !== 'no')
        .mapValues((value) => `${value}!`),
    )
    expect(read).toBring(`
> users | ann | A | 5
> users | bob | no | 6
> users | cid | C | 6
> in | k | ann | 7
  < out | k | A!@5 of ann,cid (2, 1, 1) | 7
> in | k | bob | 8
  < out | k | undefined@undefined of ann,cid (2, 1, 1) | 8`)
    expect(read.explain().match(/ in store /g)).toHaveLength(1)
  })

  it('that are joined, in a store for the result', () => {
    const read = reading((t) =>
      t
        .table('left', texts)
        .joinTable(t.table('right', texts), { type: 'inner', select: (left, right) => left + right }),
    )
    expect(read).toBring(`
> left | a | L | 5
> right | a | R | 6
> in | k | a | 7
  < out | k | LR@6 of a (1, 0, 1) | 7`)
  })

  it('as they are after a restart', () => {
    const driver = testDriver(reading((t) => t.table('users', texts)))
    driver.input('users').send('ann', 'A', { at: 5 })
    driver.restart()
    driver.input('in').send('k', 'ann', { at: 7 })
    expect(driver.output('out').records()).toMatchObject([{ value: 'A@5 of ann (1, 0, 1)' }])
  })

  const grouped = (t: TopologyBuilder) => t.source('words', texts).groupByKey()
  const idle = () => ({ process() {} })
  it.each([
    ['windows', 'windows', (t: TopologyBuilder) => grouped(t).windowedBy(tumbling(10)).count()],
    ['sessions', 'windows', (t: TopologyBuilder) => grouped(t).windowedBy(session(10)).count()],
    [
      'filtered windows',
      'windows',
      (t: TopologyBuilder) =>
        grouped(t)
          .windowedBy(tumbling(10))
          .count()
          .filter((count) => count > 1),
    ],
    ['versions', 'keeps versions', (t: TopologyBuilder) => t.table('users', { ...texts, versioned: 10 })],
    [
      'what suppress() gives',
      'suppress()',
      (t: TopologyBuilder) => grouped(t).count({ value: long() }).suppress(untilTimeLimit(5)),
    ],
  ])('but not %s', (_title, why, table) => {
    const define = () => app((t) => t.source('in', texts).process(idle, { stores: { rows: table(t) } }))
    expect(define).toThrow(StreamsError)
    expect(define).toThrow(/A processor cannot read 'rows': .*callSite=.*processors-read-tables/)
    expect(define).toThrow(why)
  })
})
