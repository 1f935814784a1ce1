import {
  hopping,
  long,
  session,
  sliding,
  string,
  topology,
  tumbling,
  unlimited,
  untilTimeLimit,
  untilWindowCloses,
  windowed,
  type TopologyBuilder,
} from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)
const add = (aggregate: string, value: string): string => `${aggregate}+${value}`
const subtract = (aggregate: string, value: string): string => `${aggregate}-${value}`

describe('1. sources, sinks, serdes', () => {
  it('table(topic): a late row replaces a newer one, and an equal one is sent again', () => {
    expect(
      app((t) =>
        t
          .table('in', { ...texts, store: 'T' })
          .toStream()
          .to('out', texts),
      ),
    ).toBring(`
> in | k | a | 9
  < out | k | a | 9
> in | k | b | 4
  < out | k | b | 4
= kv-store T: [k=b@4]
> in | k | b | 4
  < out | k | b | 4`)
  })

  it('windowed serdes: a windowed key goes through a topic with the window that it had', () => {
    const key = windowed(string(), { size: 10 })
    const counted = app((t) => {
      t.source('in', texts).groupByKey().windowedBy(tumbling(10)).count().toStream().to('counts', { key })
      t.source('counts', { key, value: long() })
        .map(({ key: one, value }) => ({ key: text(one?.window.end), value: text(value) }))
        .to('out', texts)
    })
    const driver = testDriver(counted)
    driver.input('in').send('k', 'v', { at: 25 })
    expect(driver.output('counts').records()).toMatchObject([{ key: { key: 'k', window: { start: 20, end: 30 } } }])
    expect(driver.output('out').records()).toMatchObject([{ key: '30', value: '1', timestamp: 25 }])
  })

  it('serdes flow down while the type stays: a filtered, regrouped table needs none', () => {
    const grouped = app((t) => {
      const serdes = { key: string(), value: string() }
      t.table('in', { ...serdes, store: 'T' })
        .filter((value) => value !== 'no')
        .groupBy(({ key, value }) => ({ key: value, value: key }), serdes)
        .reduce({ add, subtract })
        .toStream()
        .to('out')
    })
    expect(grouped).toBring(`
> in | a | x | 1
  < out | x | a | 1
> in | b | x | 2
  < out | x | a+b | 2
> in | a | no | 3
  < out | x | a+b-a | 3`)
  })
})

describe('3. grouping and aggregations', () => {
  it('KTable groupBy → reduce: seeds, subtracts only from what is there, and takes the latest time', () => {
    const reduced = app((t) => {
      t.table('in', { ...texts, store: 'T' })
        .groupBy(({ value }) => ({ key: value.slice(0, 1), value }), texts)
        .reduce({ add, subtract, store: 'R' })
        .toStream()
        .to('out', texts)
    })
    expect(reduced).toBring(`
> in | a | x1 | 10
  < out | x | x1 | 10
> in | a | x2 | 5
  < out | x | x1-x1+x2 | 10
> in | a | y1 | 20
  < out | x | x1-x1+x2-x2 | 20
  < out | y | y1 | 20`)
  })

  it('cogroup: a null key or value of any input is dropped and counted', () => {
    const cogrouped = app((t) => {
      const [one, two] = ['one', 'two'].map((topic) => t.source(topic, texts).groupByKey())
      one!
        .cogroup<string>(add)
        .cogroup(two!, subtract)
        .aggregate({ init: () => '', value: string() })
    })
    expect(cogrouped).toBring(`
> one | null | a | 1
> two | null | a | 1
> one | k | null | 1
> two | k | null | 1
= metric dropped-records-total: 4`)
  })
})

describe('4. windows', () => {
  it('retention: reads see no window that began before observed time minus retention', () => {
    const counted = app((t) => {
      windowedText(t.source('in', texts).groupByKey().windowedBy(tumbling(10)).count({ store: 'W', retention: 30 })).to(
        'out',
        texts,
      )
    })
    expect(counted).toBring(`
> in | k | v | 0
  < out | k@0/10 | 1 | 0
> in | k | v | 20
  < out | k@20/30 | 1 | 20
= window-store W (all windows): [k@0=1@0, k@20=1@20]
> in | k | v | 30
  < out | k@30/40 | 1 | 30
= window-store W (all windows): [k@20=1@20, k@30=1@30]`)
  })

  it('unlimited: takes what is late by any measure, as long as it lies after the start', () => {
    const counted = app((t) => {
      t.source('in', texts)
        .groupByKey()
        .windowedBy(unlimited({ start: 5 }))
        .reduce(add)
        .toStream()
        .map(({ key, value }) => ({ key: `${key.key}@${key.window.start}`, value }))
        .to('out', texts)
    })
    expect(counted).toBring(`
> in | k | a | 1000000
  < out | k@5 | a | 1000000
> in | k | b | 4
> in | k | c | 5
  < out | k@5 | a+c | 1000000
= metric dropped-records-total: 0`)
  })

  it('grace: each hopping window that has closed counts one drop', () => {
    const counted = app((t) => {
      windowedText(
        t
          .source('in', texts)
          .groupByKey()
          .windowedBy(hopping(9, { advance: 3, grace: 2 }))
          .count(),
      ).to('out', texts)
    })
    expect(counted).toBring(`
> in | k | v | 17
  < out | k@9/18 | 1 | 17
  < out | k@12/21 | 1 | 17
  < out | k@15/24 | 1 | 17
> in | k | v | 10
  < out | k@9/18 | 2 | 17
= metric dropped-records-total: 2`)
  })

  it('null value: windows and sessions aggregate it, sliding windows drop it', () => {
    const all = app((t) => {
      const grouped = t.source('in', texts).groupByKey()
      const options = {
        init: () => '',
        add: (aggregate: string, value: unknown) => aggregate + text(value),
        value: string(),
      }
      windowedText(grouped.windowedBy(tumbling(10)).aggregate(options)).to('time', texts)
      windowedText(grouped.windowedBy(sliding(10)).aggregate(options)).to('sliding', texts)
      windowedText(grouped.windowedBy(session(10)).aggregate({ ...options, merge: add })).to('session', texts)
    })
    expect(all).toBring(`
> in | k | null | 3
  < time | k@0/10 | null | 3
  < session | k@3/3 | null | 3
= metric dropped-records-total: 1`)
  })

  it('suppress untilTimeLimit: goes by the first arrival, also when a later update is older', () => {
    const held = app((t) =>
      t
        .table('in', { ...texts, store: 'T' })
        .suppress(untilTimeLimit(10))
        .toStream()
        .to('out', texts),
    )
    expect(held).toBring(`
> in | a | 1 | 10
> in | a | 2 | 3
> in | b | 1 | 19
> in | b | 2 | 20
  < out | a | 2 | 3`)
  })

  it('suppress untilWindowCloses: sessions wait for gap and grace, and merged ones are given once', () => {
    const held = app((t) => {
      const counts = t
        .source('in', texts)
        .groupByKey()
        .windowedBy(session(5, { grace: 2 }))
        .count()
      windowedText(counts.suppress(untilWindowCloses())).to('out', texts)
    })
    expect(held).toBring(`
> in | k | a | 0
> in | k | b | 6
> in | k | c | 4
> in | x | a | 12
> in | x | b | 13
  < out | k@0/6 | 3 | 6`)
  })
})
