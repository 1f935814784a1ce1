import { string, topology, type ErrorCode, type KStream, type Topology, type TopologyBuilder } from 'millrace'
import type { ProcessorContext } from 'millrace/ports'
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { texts } from './topologies/text.ts'
import './to-bring.ts'

const app = (define: (t: TopologyBuilder) => void): Topology => topology('app', define)
const asynchronous = (() => Promise.resolve('x')) as unknown as () => string
const forgotten = (() => undefined) as unknown as () => string

/** What one record, or one after it, or the wall clock, makes fail. */
function failure(define: (t: TopologyBuilder) => void): unknown {
  try {
    const driver = testDriver(app(define))
    for (const at of [1, 20]) driver.input('in').send('k', 'v', { at })
    driver.advanceWallClock(100)
  } catch (error) {
    return error
  }
  return undefined
}

/** An error with a code, a hint, and the line of the operation in this file. */
function located(code: ErrorCode, what: RegExp): unknown {
  return expect.objectContaining({
    code,
    what: expect.stringMatching(what),
    hint: expect.stringMatching(/\.$/),
    context: expect.objectContaining({ callSite: expect.stringContaining('beyond-bad-callbacks.test.ts') }),
  })
}

type Context = Pick<ProcessorContext<string, string, never>, 'forward' | 'schedule'>

const processing = (t: TopologyBuilder, make: (context: Context) => () => void): KStream<string, string> =>
  t.source('in', texts).process<string, string>((context) => ({ process: make(context) }))

const rows = (t: TopologyBuilder, topic: string) => t.table(topic, { ...texts, store: topic })

describe('processors that go wrong', () => {
  it.each<[string, ErrorCode, RegExp, (context: Context) => () => void]>([
    [
      'forward to an operation that does not follow',
      'TOPOLOGY_INVALID',
      /'nobody'/,
      (context) => () => context.forward({ key: 'k', value: 'v' }, 'nobody'),
    ],
    ['return a promise', 'CALLBACK_ASYNC', /process\(\) returned a promise/, () => asynchronous],
    [
      'forward a negative time',
      'TIMESTAMP_INVALID',
      /timestamp -1/,
      (context) => () => context.forward({ key: 'k', value: 'v', timestamp: -1 }),
    ],
    [
      'forward a time that is no number',
      'TIMESTAMP_INVALID',
      /timestamp NaN/,
      (context) => () => context.forward({ key: 'k', value: 'v', timestamp: Number.NaN }),
    ],
    [
      'schedule a callback that returns a promise',
      'CALLBACK_ASYNC',
      /schedule\(\) returned a promise/,
      (context) => {
        context.schedule(10, 'stream-time', asynchronous)
        return () => {}
      },
    ],
    [
      'schedule for no interval',
      'OPTION_INVALID',
      /interval of 0 ms/,
      (context) => {
        context.schedule(0, 'wall-clock', () => {})
        return () => {}
      },
    ],
    [
      'schedule for a part of a millisecond',
      'OPTION_INVALID',
      /interval of 0.5 ms/,
      (context) => () => void context.schedule(0.5, 'wall-clock', () => {}),
    ],
  ])('are told where they %s', (_what, code, what, make) => {
    expect(failure((t) => processing(t, make).to('out', texts))).toEqual(located(code, what))
  })

  it('cannot forward once their callback has returned', () => {
    let late: () => void = () => {}
    const driver = testDriver(
      app((t) => {
        processing(t, (context) => () => {
          late = () => context.forward({ key: 'k', value: 'late' })
        }).to('out', texts)
      }),
    )
    driver.input('in').send('k', 'v')
    expect(() => late()).toThrow(located('CALLBACK_ASYNC', /after its callback has returned/))
    expect(driver.outputs()).toEqual([])
  })

  it('can forward while they are made, and from their callbacks, as often as they like', () => {
    const forwarding = app((t) => {
      t.source('in', texts)
        .process<string, string>((context) => {
          context.schedule(10, 'stream-time', (time) => context.forward({ key: 'timer', value: String(time) }))
          return { process: (record) => context.forward({ key: 'k', value: record.value }) }
        })
        .to('out', texts)
    })
    expect(forwarding).toBring(`
> in | k | a | 1
  < out | k | a | 1
  < out | timer | 1 | 1
> in | k | b | 12
  < out | k | b | 12
  < out | timer | 12 | 12`)
  })

  it('must have something to process with', () => {
    const nothing = (() => ({})) as unknown as () => { process(): void }
    expect(failure((t) => void t.source('in', texts).process(nothing))).toEqual(
      located('CALLBACK_RESULT_INVALID', /made no processor/),
    )
  })
})

describe('callbacks of joins that go wrong', () => {
  it.each<[string, (t: TopologyBuilder) => void]>([
    [
      'streams',
      (t) => {
        const one = t.source('in', texts)
        one.joinStream(one, { type: 'inner', within: 10, select: asynchronous })
      },
    ],
    [
      'a stream and a table',
      (t) => void t.source('in', texts).joinTable(rows(t, 't'), { type: 'left', select: asynchronous }),
    ],
    ['tables', (t) => void rows(t, 'in').joinTable(rows(t, 't'), { type: 'left', select: asynchronous })],
    [
      'tables by foreign key',
      (t) => void rows(t, 'in').joinTable(rows(t, 't'), { type: 'left', on: asynchronous, select: (value) => value }),
    ],
    [
      'a global table',
      (t) => void t.source('in', texts).joinTable(t.globalTable('t', texts), { type: 'left', on: asynchronous }),
    ],
  ])('are refused when they return a promise: %s', (_what, define) => {
    expect(failure(define)).toEqual(located('CALLBACK_ASYNC', /returned a promise/))
  })

  it('name their operation when they throw', () => {
    const select = (): never => {
      throw new RangeError('no good')
    }
    expect(failure((t) => void rows(t, 'in').joinTable(rows(t, 't'), { type: 'left', select }))).toEqual(
      located('PROCESS_FAILED', /no good/),
    )
  })

  it('mean null when they return nothing: a null value of a stream, a deletion of a table, as there', () => {
    const joined = app((t) => {
      t.source('in', texts).joinTable(rows(t, 't'), { type: 'left', select: forgotten }).to('out', texts)
      rows(t, 'a')
        .joinTable(rows(t, 'b'), { type: 'left', select: forgotten, value: string(), store: 'joined' })
        .toStream()
        .to('rows', texts)
    })
    expect(joined).toBring(`
> in | k | v | 1
  < out | k | null | 1
> a | k | v | 2
  < rows | k | null | 2
= kv-store joined: []`)
  })
})
