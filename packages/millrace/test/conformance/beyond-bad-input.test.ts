import {
  deadLetter,
  session,
  skip,
  sliding,
  string,
  topology,
  tumbling,
  untilTimeLimit,
  type Serde,
  type Topology,
  type TopologyBuilder,
} from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void, onProcessError = skip) => topology('app', define, { onProcessError })
const add = (aggregate: string, value: string): string => aggregate + value
const forgotten = (() => undefined) as unknown as () => string

/** Neither writes texts with a w nor reads those with an r. */
const failing: Serde<string> = {
  name: 'failing',
  serialize(value) {
    if (value.includes('w')) throw new RangeError('cannot write')
    return Buffer.from(value)
  },
  deserialize(bytes) {
    if (bytes.includes('r')) throw new RangeError('cannot read')
    return bytes.toString()
  },
}

/** What the second of two records with this value throws, or the first. */
function thrown(define: (t: TopologyBuilder) => void, value: string): unknown {
  const driver = testDriver(topology('app', define))
  try {
    driver.input('in').send('k', value, { at: 1 })
    driver.input('in').send('k', value, { at: 2 })
  } catch (error) {
    return error
  }
  return undefined
}

function error(code: string, what: RegExp): unknown {
  return expect.objectContaining({
    code,
    what: expect.stringMatching(what),
    hint: expect.stringMatching(/\.$/),
    context: expect.objectContaining({
      offset: expect.any(Number),
      callSite: expect.stringContaining('beyond-bad-input.test.ts'),
    }),
  })
}

describe('callbacks that give nothing', () => {
  const grouped = (t: TopologyBuilder) => t.source('in', texts).groupByKey()
  const rows = (t: TopologyBuilder) => t.table('in', texts).groupBy((row) => row, texts)

  it.each([
    ['a reducer', (t: TopologyBuilder) => void grouped(t).reduce(forgotten)],
    ['an aggregator', (t: TopologyBuilder) => void grouped(t).aggregate({ init: () => '', add: forgotten })],
    ['`init`', (t: TopologyBuilder) => void grouped(t).aggregate({ init: forgotten, add })],
    ['a subtractor', (t: TopologyBuilder) => void rows(t).aggregate({ init: () => '', add, subtract: forgotten })],
    ['a windowed reducer', (t: TopologyBuilder) => void grouped(t).windowedBy(tumbling(10)).reduce(forgotten)],
    [
      'the `init` of sliding windows',
      (t: TopologyBuilder) => void grouped(t).windowedBy(sliding(10)).aggregate({ init: forgotten, add }),
    ],
    [
      'the merger of sessions',
      (t: TopologyBuilder) =>
        void grouped(t)
          .windowedBy(session(10))
          .aggregate({ init: () => '', add, merge: forgotten }),
    ],
  ])('refuses %s that returns undefined', (_what, define) => {
    expect(thrown(define, 'a')).toEqual(error('CALLBACK_RESULT_INVALID', /returned undefined/))
  })

  it('takes null for a deletion, and from `init` for no aggregate', () => {
    const aggregated = app((t) => {
      grouped(t)
        .aggregate<string | null>({
          init: () => null,
          add: (aggregate, value) => (value === 'x' ? null : `${text(aggregate)}+${value}`),
          value: string(),
          store: 'A',
        })
        .toStream()
        .to('out', { key: string(), value: string() })
    })
    expect(aggregated).toBring(`
> in | k | a | 1
  < out | k | null+a | 1
> in | k | x | 2
  < out | k | null | 2
> in | k | x | 3
  < out | k | null | 3
= kv-store A: []`)
  })
})

describe('serdes that throw', () => {
  const value = failing
  const grouped = (t: TopologyBuilder) => t.source('in', texts).groupByKey()

  it.each([
    ['an aggregation writes', 'w', (t: TopologyBuilder) => void grouped(t).aggregate({ init: () => '', add, value })],
    ['an aggregation reads', 'r', (t: TopologyBuilder) => void grouped(t).aggregate({ init: () => '', add, value })],
    [
      'a window writes',
      'w',
      (t: TopologyBuilder) =>
        void grouped(t)
          .windowedBy(tumbling(10))
          .aggregate({ init: () => '', add, value }),
    ],
    [
      'a sliding window reads',
      'r',
      (t: TopologyBuilder) =>
        void grouped(t)
          .windowedBy(sliding(10))
          .aggregate({ init: () => '', add, value }),
    ],
    [
      'a session writes',
      'w',
      (t: TopologyBuilder) =>
        void grouped(t)
          .windowedBy(session(10))
          .aggregate({ init: () => '', add, merge: add, value }),
    ],
    [
      'a table writes',
      'w',
      (t: TopologyBuilder) => void t.source('in', texts).toTable({ key: string(), value, store: 'T' }),
    ],
    [
      'a mapped table writes',
      'w',
      (t: TopologyBuilder) => void t.table('in', texts).mapValues((row) => row, { value, store: 'T' }),
    ],
    [
      'a held update is kept',
      'w',
      (t: TopologyBuilder) =>
        void t
          .table('in', { ...texts, store: 'in' })
          .mapValues((row) => row, { value })
          .suppress(untilTimeLimit(10)),
    ],
  ])('name the operation when %s', (_what, sent, define) => {
    expect(thrown(define, sent)).toEqual(error('SERIALIZE_FAILED', /cannot (write|read)/))
  })

  it('lose their record under the policy skip, and nothing else', () => {
    const aggregated = app((t) => {
      grouped(t)
        .aggregate({ init: () => '', add, value, store: 'A' })
        .toStream()
        .to('out', texts)
    })
    expect(aggregated).toBring(`
> in | k | a | 1
  < out | k | a | 1
> in | k | w | 2
> in | k | b | 3
  < out | k | ab | 3
= kv-store A: [k=ab@3]
= metric dropped-records-total: 1`)
  })

  it('can send their record to a dead-letter topic', () => {
    const aggregated: Topology = app((t) => {
      grouped(t).aggregate({ init: () => '', add, value })
    }, deadLetter('dead'))
    const driver = testDriver(aggregated)
    driver.input('in').send('k', 'w', { at: 1 })
    expect(driver.output('dead').records()).toMatchObject([{ key: Buffer.from('k'), value: Buffer.from('w') }])
  })
})

describe('null keys and values', () => {
  it('go their way per operation: dropped by aggregations, aggregated in windows and sessions', () => {
    const all = app((t) => {
      const grouped = t.source('in', texts).groupByKey()
      grouped.count().toStream().mapValues(text).to('counts', texts)
      windowedText(grouped.windowedBy(tumbling(10)).count()).to('windows', texts)
      windowedText(grouped.windowedBy(session(10)).count()).to('sessions', texts)
      windowedText(grouped.windowedBy(sliding(10)).count()).to('sliding', texts)
    })
    expect(all).toBring(`
> in | k | null | 5
  < windows | k@0/10 | 1 | 5
  < sessions | k@5/5 | 1 | 5
= metric dropped-records-total: 2
> in | null | v | 6
= metric dropped-records-total: 6`)
  })

  it('reduce to nothing in a window as long as only null has come', () => {
    const reduced = app((t) => {
      const table = t
        .source('in', texts)
        .groupByKey()
        .windowedBy(tumbling(10))
        .reduce((left, right) => `${left}+${text(right)}`, { store: 'W' })
      windowedText(table).to('out', texts)
    })
    expect(reduced).toBring(`
> in | k | null | 1
  < out | k@0/10 | null | 1
= window-store W (all windows): []
> in | k | a | 2
  < out | k@0/10 | a | 2
> in | k | null | 3
  < out | k@0/10 | a+null | 3`)
  })
})
