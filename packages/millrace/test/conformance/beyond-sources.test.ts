import { long, number, skip, topology, type TopologyBuilder } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)

describe('sources, sinks and time beyond the cases', () => {
  it('passes null keys and null values through', () => {
    const through = app((t) => t.source('in', texts).to('out', texts))
    expect(through).toBring(`
> in | null | null | 5 | h:a=1
  < out | null | null | 5 | h:a=1`)
  })

  it('never shows a null key or value to a serde', () => {
    const through = app((t) => {
      t.source('in', { key: number(), value: long() }).to('out', { key: number(), value: long() })
    })
    const driver = testDriver(through)
    driver.input('in').send(null, null, { at: 1 })
    expect(driver.output('out').records()).toMatchObject([{ key: null, value: null }])
  })

  it('drops null keys of a table and counts them', () => {
    const table = app((t) =>
      t
        .table('in', { ...texts, store: 'T' })
        .toStream()
        .to('out', texts),
    )
    expect(table).toBring(`
> in | null | a | 1
= metric dropped-records-total: 1
= kv-store T: []`)
  })

  it('refuses a topic that is read in two ways', () => {
    expect(() =>
      app((t) => {
        t.source('in', texts).to('out', texts)
        t.source('in', { startAt: 'latest', ...texts }).to('out', texts)
      }),
    ).toThrow(expect.objectContaining({ code: 'TOPIC_CONFLICT' }))
    expect(() =>
      app((t) => {
        t.source('in', texts).to('out', texts)
        t.globalTable('in', texts)
      }),
    ).toThrow(expect.objectContaining({ code: 'TOPIC_CONFLICT' }))
  })

  it('takes the time from the value, and skips a record without one under that policy', () => {
    const timed = app((t) => {
      t.source('in', { ...texts, at: Number, onInvalid: skip }).to('out', texts)
    })
    expect(timed).toBring(`
> in | k | 5 | 100
  < out | k | 5 | 5
> in | k | -1 | 101
> in | k | 7 | 102
  < out | k | 7 | 7
= metric dropped-records-total: 1`)
  })

  it('routes each record to the topic that it names', () => {
    const routed = app((t) => {
      t.source('in', texts).to((value) => `to-${value}`, texts)
    })
    expect(routed).toBring(`
> in | k | a | 1
  < to-a | k | a | 1
> in | k | b | 2
  < to-b | k | b | 2`)
  })

  it('keeps one name per internal topic, made of the operation, whatever else the topology has', () => {
    const define = (withMore: boolean) => (t: TopologyBuilder) => {
      if (withMore) t.source('more', texts).groupBy(text).count().toStream().mapValues(text).to('more-out', texts)
      t.source('in', texts).groupBy(text).count().toStream().mapValues(text).to('out', texts)
    }
    const topics = (withMore: boolean): readonly string[] => {
      const driver = testDriver(topology('app', define(withMore)))
      driver.input('in').send('k', 'a', { at: 1 })
      return driver.outputs().map((record) => record.topic)
    }
    expect(topics(true)).toEqual(topics(false))
    expect(topics(true)[0]).toMatch(/^app-[a-zA-Z0-9._-]+-repartition$/)
  })

  it('cuts the topology at internal topics: each part is a task of its own', () => {
    const tasks: string[] = []
    const cut = app((t) => {
      const see = (value: string, context: { readonly taskId: string }): void =>
        void tasks.push(`${value} ${context.taskId}`)
      t.source('in', texts)
        .processValues<string>((context) => ({
          process: ({ key, value }) => {
            see('before', context)
            context.forward({ key, value })
          },
        }))
        .repartition(texts)
        .process((context) => ({ process: () => see('after', context) }))
    })
    testDriver(cut).input('in').send('k', 'v')
    expect(tasks).toEqual(['before in_0', expect.stringMatching(/^after in-processValues-repartition.*_0$/)])
  })
})
