import { skip, topology, type SourceOptions, type Topology } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { texts } from './topologies/text.ts'
import './to-bring.ts'

// Outputs with an event time of the value's own are what Kafka Streams 4.0.0 gave for the same steps and extractors.

/** Sends `topic:ms:value` parts on to the topics a and b, which two sources read again. */
function again(options: SourceOptions<string, string> = {}): Topology {
  return topology('app', (t) => {
    const sent = t.source('in', texts).process<string, string>((context) => ({
      process({ value }) {
        for (const part of value.split(',')) {
          const [key, time, text] = part.split(':') as [string, string, string]
          context.forward({ key, value: text, timestamp: Number(time) }, `to-${key}`)
        }
      },
    }))
    sent.to('a', { ...texts, name: 'to-a' })
    sent.to('b', { ...texts, name: 'to-b' })
    const [a, b] = ['a', 'b'].map((topic) => t.source(topic, { ...texts, ...options }))
    a!.merge(b!).to('out', texts)
  })
}

describe('event time of several inputs', () => {
  it('decides which record is next, not the Kafka timestamp', () => {
    expect(again({ at: Number })).toBring(`
> in | k | a:1:50,b:2:10,a:3:20 | 0
  < a | a | 50 | 1
  < b | b | 10 | 2
  < a | a | 20 | 3
  < out | b | 10 | 10
  < out | a | 50 | 50
  < out | a | 20 | 20`)
  })

  it('lets the Kafka timestamp decide without an `at`', () => {
    expect(again()).toBring(`
> in | k | a:9:x,b:8:y,b:7:z | 0
  < a | a | x | 9
  < b | b | y | 8
  < b | b | z | 7
  < out | b | y | 8
  < out | b | z | 7
  < out | a | x | 9`)
  })

  it('leaves out what has no time by policy, wherever it stands', () => {
    expect(again({ at: Number, onInvalid: skip })).toBring(`
> in | k | a:1:-1,a:1:-2,b:1:7,a:1:5,b:1:-3 | 0
  < a | a | -1 | 1
  < a | a | -2 | 1
  < b | b | 7 | 1
  < a | a | 5 | 1
  < b | b | -3 | 1
  < out | a | 5 | 5
  < out | b | 7 | 7
= metric dropped-records-total: 3`)
  })

  it('fails at such a record by default, and says where', () => {
    const driver = testDriver(again({ at: Number }))
    expect(() => driver.input('in').send('k', 'a:1:5,a:1:-1')).toThrow(
      expect.objectContaining({
        code: 'TIMESTAMP_INVALID',
        context: expect.objectContaining({ topic: 'a', offset: 1, node: 'a' }),
      }),
    )
    expect(driver.output('out').records()).toMatchObject([{ value: '5' }])
  })

  it('gives a record that was read ahead its own headers and origin', () => {
    const seen: unknown[] = []
    const app = topology('app', (t) => {
      const look = (topic: string) =>
        t.source(topic, { ...texts, at: Number }).process<string, string>((context) => ({
          process: ({ value, headers }) => {
            seen.push([value, headers.map((one) => one.name), context.origin?.topic, context.origin?.offset])
          },
        }))
      t.source('in', texts).to((value) => (value === '30' || value === '10' ? 'a' : 'b'), texts)
      look('a').merge(look('b'))
    })
    const driver = testDriver(app)
    for (const value of ['30', '20', '10', '40']) {
      driver.input('in').send('k', value, { headers: [{ name: `h${value}`, value: null }] })
    }
    expect(seen).toEqual([
      ['30', ['h30'], 'a', 0],
      ['20', ['h20'], 'b', 0],
      ['10', ['h10'], 'a', 1],
      ['40', ['h40'], 'b', 1],
    ])
  })
})
