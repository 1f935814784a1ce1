import { skip, topology, tumbling, type TopologyBuilder } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import { windowedText } from './topologies/windowed-text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)

describe('event time beyond the cases', () => {
  it('falls back on the time of the partition where the value has none', () => {
    const timed = app((t) => {
      t.source(['a', 'b'], {
        ...texts,
        at: (value, { partitionTime }) => (Number(value) >= 0 ? Number(value) : partitionTime),
        onInvalid: skip,
      }).to('out', texts)
    })
    expect(timed).toBring(`
> a | k | -1 | 100
= metric dropped-records-total: 1
> a | k | 50 | 101
  < out | k | 50 | 50
> a | k | 20 | 102
  < out | k | 20 | 20
> a | k | -1 | 103
  < out | k | -1 | 50
> b | k | -1 | 104
= metric dropped-records-total: 2`)
  })

  it('takes the Kafka timestamp or the wall clock where it is told', () => {
    const timed = app((t) => {
      t.source('kafka', { ...texts, at: (_value, { timestamp }) => timestamp + 1 }).to('out', texts)
      t.source('wall', { ...texts, at: (_value, { wallClock }) => wallClock }).to('out', texts)
    })
    expect(timed).toBring(`
> kafka | k | v | 100
  < out | k | v | 101
! advance wall-clock by 7 ms
> wall | k | v | 100
  < out | k | v | 7`)
  })

  it('keeps the time of a record through an internal topic, whatever its source made of it', () => {
    const timed = app((t) => {
      const table = t
        .source('in', { ...texts, at: Number })
        .groupBy((value) => value)
        .windowedBy(tumbling(10))
        .count()
      windowedText(table).to('out', texts)
    })
    expect(timed).toBring(`
> in | k | 25 | 1
  < out | 25@20/30 | 1 | 25`)
  })

  it('skips a record without a usable time under that policy, and counts it', () => {
    const timed = app((t) => {
      t.table('in', { ...texts, at: Number, onInvalid: skip, store: 'T' })
        .toStream()
        .to('out', texts)
    })
    expect(timed).toBring(`
> in | k | 5 | 1
  < out | k | 5 | 5
> in | k | -7 | 2
> in | k | none | 3
= kv-store T: [k=5@5]
= metric dropped-records-total: 2`)
  })

  it('counts far futures as times, up to where dates end', () => {
    const latest = 8.64e15
    const counted = app((t) => {
      windowedText(t.source('in', texts).groupByKey().windowedBy(tumbling(10)).count()).to('out', texts)
    })
    expect(counted).toBring(`
> in | k | v | ${latest}
  < out | k@${latest}/${latest + 10} | 1 | ${latest}
> in | k | v | 0
= metric dropped-records-total: 1`)
    expect(() =>
      testDriver(counted)
        .input('in')
        .send('k', 'v', { at: 2 ** 53 }),
    ).toThrow(expect.objectContaining({ code: 'TIMESTAMP_INVALID' }))
  })

  it('routes by where a record came from, its time and its headers', () => {
    const routed = app((t) => {
      t.source(['a', 'b'], texts).to(
        (value, key, { topic, timestamp, headers }) =>
          `${topic}-${text(key)}-${value.slice(0, 1)}-${timestamp}-${headers.length}`,
        texts,
      )
    })
    expect(routed).toBring(`
> a | k | v1 | 5
  < a-k-v-5-0 | k | v1 | 5
> b | null | w1 | 6 | h:n=1
  < b-null-w-6-1 | null | w1 | 6 | h:n=1`)
  })
})
