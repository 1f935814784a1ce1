import { string, topology, type TopologyBuilder, tumbling } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { texts } from './topologies/text.ts'

const topicsOf = (define: (t: TopologyBuilder) => void): readonly string[] =>
  topology('app', define)
    .describe('kafka-streams')
    .split('\n')
    .flatMap((line) => /^ {4}Source: \S+ \(topics: \[(.*)\]\)$/.exec(line)?.[1] ?? [])

describe('a grouping with a name', () => {
  it('has one internal topic for all aggregations of a stream', () => {
    const topics = topicsOf((t) => {
      const grouped = t.source('in', texts).groupBy((value) => value, { name: 'by-value' })
      grouped.count()
      grouped.reduce((one, two) => one + two)
      grouped.windowedBy(tumbling(5)).count()
      grouped.cogroup<number>((count) => count + 1).aggregate({ init: () => 0 })
    })
    expect(topics).toEqual(['in', 'app-by-value-repartition'])
  })

  it('has one internal topic for all aggregations of a table', () => {
    const topics = topicsOf((t) => {
      const grouped = t
        .table('in', texts)
        .groupBy(({ key, value }) => ({ key: value, value: key }), { name: 'by-value', value: string() })
      grouped.count()
      grouped.reduce({ add: (one, two) => one + two, subtract: (one) => one })
    })
    expect(topics).toEqual(['in', 'app-by-value-repartition'])
  })

  it('gives each of them what it would have alone', () => {
    const driver = testDriver(
      topology('app', (t) => {
        const grouped = t.source('in', texts).groupBy((value) => value, { name: 'by-value' })
        grouped.count().toStream().to('counts')
        grouped
          .reduce((one, two) => one + two)
          .toStream()
          .to('texts')
      }),
    )
    for (const value of ['a', 'b', 'a']) driver.input('in').send('k', value)
    const written = (topic: string) =>
      driver
        .output(topic)
        .records()
        .map(({ value }) => value)
    expect(written('counts')).toEqual([1, 1, 2])
    expect(written('texts')).toEqual(['a', 'b', 'aa'])
  })
})
