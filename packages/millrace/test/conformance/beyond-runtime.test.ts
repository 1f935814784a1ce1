import { deadLetter, json, long, skip, topology, type Policy, type TopologyBuilder } from 'millrace'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { text, texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void) => topology('app', define)

describe('the driver and policies beyond the cases', () => {
  it('takes, of what comes back to several sources, the earliest first, each topic in its own order', () => {
    const again = app((t) => {
      const sent = t.source('in', texts).process<string, string>((context) => ({
        process() {
          for (const [child, timestamp] of [
            ['a', 20],
            ['a', 5],
            ['b', 10],
            ['b', 30],
          ] as const) {
            context.forward({ key: child, value: String(timestamp), timestamp }, `to-${child}`)
          }
        },
      }))
      sent.to('a', { ...texts, name: 'to-a' })
      sent.to('b', { ...texts, name: 'to-b' })
      t.source(['a', 'b'], texts).to('out', texts)
    })
    expect(again).toBring(`
> in | k | v | 1
  < a | a | 20 | 20
  < a | a | 5 | 5
  < b | b | 10 | 10
  < b | b | 30 | 30
  < out | b | 10 | 10
  < out | a | 20 | 20
  < out | a | 5 | 5
  < out | b | 30 | 30`)
  })

  it('sends on what a record has brought before it failed, and goes on with its other parents', () => {
    const failing = topology(
      'app',
      (t) => {
        const input = t.source('in', texts)
        input
          .flatMapValues((value) => value.split(','))
          .mapValues((value) => {
            if (value === 'ERR') throw new RangeError(value)
            return value
          })
          .to('out', texts)
        input.to('plain', texts)
      },
      { onProcessError: skip },
    )
    expect(failing).toBring(`
> in | k | a,ERR,b | 1
  < out | k | a | 1
  < out | k | b | 1
  < plain | k | a,ERR,b | 1
= metric dropped-records-total: 1`)
  })

  it('fails by default when a callback throws, with the record at hand', () => {
    const failing = app((t) => {
      t.source('in', texts)
        .mapValues((value) => {
          if (value === 'ERR') throw new RangeError('no good')
          return value
        })
        .to('out', texts)
    })
    const driver = testDriver(failing)
    driver.input('in').send('k', 'a', { at: 1 })
    expect(() => driver.input('in').send('k', 'ERR', { at: 2 })).toThrow(
      expect.objectContaining({
        code: 'PROCESS_FAILED',
        context: expect.objectContaining({ topic: 'in', offset: 1, node: 'in/mapValues' }),
      }),
    )
  })

  it('skips bytes that cannot be read under that policy, or sends them to a dead-letter topic', () => {
    const reading = (onInvalid: Policy) =>
      app((t) => {
        t.source('in', { value: long(), onInvalid }).to('out', { value: json<number>() })
      })
    const skipping = testDriver(reading(skip))
    const keeping = testDriver(reading(deadLetter('dead')))
    for (const driver of [skipping, keeping]) {
      driver.input('in').send('k', Buffer.from('short'))
      driver.input('in').send('k', 7)
      expect(driver.output('out').records()).toMatchObject([{ value: 7 }])
    }
    expect(skipping.total('records-skipped')).toBe(1)
    expect(keeping.output('dead').records()).toMatchObject([{ value: Buffer.from('short') }])
  })

  it('refuses a callback that gives undefined where a value must be', () => {
    const reducing = app((t) => {
      t.source('in', texts)
        .groupByKey()
        .reduce((left, right) => (right === 'none' ? undefined : `${left}${text(right)}`))
        .toStream()
        .to('out', texts)
    })
    const driver = testDriver(reducing)
    driver.input('in').send('k', 'a', { at: 1 })
    expect(() => driver.input('in').send('k', 'none', { at: 2 })).toThrow(
      expect.objectContaining({ code: 'CALLBACK_RESULT_INVALID' }),
    )
  })
})
