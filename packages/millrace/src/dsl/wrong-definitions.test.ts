import { describe, expect, it } from 'vitest'
import {
  deadLetter,
  embedded,
  json,
  keyValueStore,
  run,
  string,
  StreamsError,
  topology,
  type TopologyBuilder,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
} from '../index.ts'
import { silentLogger, testDriver } from '../testing/index.ts'

const number = { value: json<number>() }
const grouped = (t: TopologyBuilder) => t.source('in', number).groupByKey()
const sum = (left: number, right: number): number => left + right
const serdes = { key: string(), value: string() }

/** What it takes, its code, what is said, and the definition. */
type Wrong = readonly [title: string, code: string, what: string, define: (t: TopologyBuilder) => unknown]

function faultOf(define: (t: TopologyBuilder) => unknown): StreamsError {
  try {
    topology('app', (t) => void define(t))
  } catch (thrown) {
    if (thrown instanceof StreamsError) return thrown
    throw thrown
  }
  throw new TypeError('nothing was thrown')
}

function areRefused(wrong: readonly Wrong[]): void {
  it.each(wrong)('%s', (_title, code, what, define) => {
    const fault = faultOf(define)
    expect([fault.code, fault.what]).toEqual([code, what])
    expect(fault.context.callSite).toMatch(/wrong-definitions\.test\.ts:\d+:\d+$/)
    expect(fault.hint).toMatch(/^[A-Z].{10,}\.$/)
  })
}

describe('names are refused that are taken or illegal', () => {
  const illegal = (what: string, name: string): string => `${what} '${name}' is not a legal name`
  const long = 'x'.repeat(250)
  areRefused([
    ['a topic', 'NAME_INVALID', illegal('Topic', 'a topic'), (t) => t.source('a topic')],
    ['a topic of two dots', 'NAME_INVALID', illegal('Topic', '..'), (t) => t.source('..')],
    ['a topic that is too long', 'NAME_INVALID', illegal('Topic', long), (t) => t.source(long)],
    ['a topic of a table', 'NAME_INVALID', illegal('Topic', 'é'), (t) => t.table('é')],
    ['a topic of a global table', 'NAME_INVALID', illegal('Topic', ''), (t) => t.globalTable('')],
    ['a topic that is written', 'NAME_INVALID', illegal('Topic', 'a/b'), (t) => t.source('a').to('a/b')],
    ['a topic of dead letters', 'NAME_INVALID', illegal('Topic', 'a/b'), () => deadLetter('a/b')],
    ['an operation', 'NAME_INVALID', illegal('Name', 'a/b'), (t) => t.source('a').filter(() => true, { name: 'a/b' })],
    ['a branch', 'NAME_INVALID', illegal('Branch', 'a b'), (t) => t.source('a').split({ 'a b': () => true })],
    ['a store', 'NAME_INVALID', illegal('Store', 'a b'), (t) => grouped(t).count({ store: 'a b' })],
    [
      'a store of its own',
      'NAME_INVALID',
      illegal('Store', 'a b'),
      (t) => t.store(keyValueStore({ name: 'a b', ...serdes })),
    ],
    ['a repartition', 'NAME_INVALID', illegal('Repartition', 'a b'), (t) => t.source('a').repartition({ name: 'a b' })],
    [
      'a repartition of a group',
      'NAME_INVALID',
      illegal('Repartition', 'a b'),
      (t) => t.source('a').groupByKey({ name: 'a b' }),
    ],
    [
      'a repartition of a group of rows',
      'NAME_INVALID',
      illegal('Repartition', 'a b'),
      (t) => t.table('a').groupBy((row) => row, { name: 'a b' }),
    ],
    [
      'an internal topic that is too long',
      'NAME_INVALID',
      illegal('Internal topic', `app-${'x'.repeat(240)}-repartition`),
      (t) => t.source('a').repartition({ name: 'x'.repeat(240) }),
    ],
    [
      'a changelog that is too long',
      'NAME_INVALID',
      illegal('Changelog topic', `app-${'x'.repeat(240)}-changelog`),
      (t) => grouped(t).count({ store: 'x'.repeat(240) }),
    ],
  ])

  it.each<readonly [string, (t: TopologyBuilder) => unknown]>([
    ['two operations', (t) => [grouped(t).count({ store: 's' }), t.table('other', { store: 's' })]],
    [
      'an operation and a store of its own',
      (t) => [t.store(keyValueStore({ name: 's', ...serdes })), grouped(t).count({ store: 's' })],
    ],
    ['two stores of its own', (t) => [1, 2].map(() => t.store(keyValueStore({ name: 's', ...serdes })))],
    [
      'a suppression',
      (t) => [t.table('rows').suppress(untilTimeLimit(5), { store: 's' }), grouped(t).count({ store: 's' })],
    ],
    ['a global table', (t) => [grouped(t).count({ store: 's' }), t.globalTable('rows', { store: 's' })]],
    [
      'the buffers of a join',
      (t) => [
        t.table('rows', { store: 's-left' }),
        t.source('a', number).joinStream(t.source('b', number), { type: 'inner', within: 1, select: sum, store: 's' }),
      ],
    ],
  ])('a store name that is used twice: %s', (_title, define) => {
    const fault = faultOf(define)
    expect(fault.code).toBe('NAME_TAKEN')
    expect(fault.message).toMatch(/'s(-left)?'/)
    expect(fault.context.callSite).toMatch(/wrong-definitions\.test\.ts:\d+:\d+$/)
  })

  it('a repartition name that is used twice', () => {
    const fault = faultOf((t) => {
      const stream = t.source('a')
      stream.repartition({ name: 'r' })
      stream.repartition({ name: 'r' })
    })
    expect(fault).toMatchObject({ code: 'NAME_TAKEN', what: expect.stringContaining('repartition topics') })
  })

  it('an application id', async () => {
    const start = run(
      topology('t', (t) => t.source('a').to('b')),
      { embedded: embedded(), logger: silentLogger, applicationId: 'a b' },
    )
    await expect(start).rejects.toMatchObject({ code: 'NAME_INVALID', what: illegal('applicationId', 'a b') })
    expect(() => topology('a b', (t) => t.source('a').to('b'))).toThrow(/Topology name 'a b' is not a legal name/)
  })
})

describe('a topic that is used in two ways is refused', () => {
  it.each<readonly [string, (t: TopologyBuilder) => unknown]>([
    ['two streams', (t) => [t.source('a'), t.source('a')]],
    ['a stream and a table', (t) => [t.source('a'), t.table('a')]],
    ['two tables', (t) => [t.table('a'), t.table('a', { name: 'again' })]],
    ['a stream and one of several topics', (t) => [t.source('a'), t.source(['b', 'a'])]],
    ['a stream and a global table', (t) => [t.source('a'), t.globalTable('a')]],
    ['two global tables', (t) => [t.source('b'), t.globalTable('a'), t.globalTable('a', { store: 'other' })]],
  ])('%s', (_title, define) => {
    const fault = faultOf(define)
    expect([fault.code, fault.context.topic]).toEqual(['TOPIC_CONFLICT', 'a'])
    expect(fault.what).toMatch(/^Topic 'a' has two sources \(the other one at .*wrong-definitions\.test\.ts:\d+:\d+\)$/)
    expect(fault.context.callSite).toMatch(/wrong-definitions\.test\.ts:\d+:\d+$/)
    expect(fault.hint).toContain('use it twice')
  })

  const isInternal = "Topic 'app-r-repartition' is an internal topic of this topology"
  areRefused([
    [
      'an internal topic that is read',
      'TOPIC_CONFLICT',
      isInternal,
      (t) => [t.source('a').repartition({ name: 'r' }), t.source('app-r-repartition')],
    ],
    [
      'an internal topic that is written',
      'TOPIC_CONFLICT',
      isInternal,
      (t) => [t.source('a').repartition({ name: 'r' }), t.source('b').to('app-r-repartition')],
    ],
  ])
})

describe('other options out of range are refused', () => {
  areRefused([
    ['a negative history', 'OPTION_INVALID', 'versioned is -1', (t) => t.table('a', { versioned: -1 })],
    ['a negative cache', 'OPTION_INVALID', 'cache is -1', (t) => grouped(t).count({ cache: -1 })],
    ['a cache that is no number of bytes', 'OPTION_INVALID', 'cache is 0.5', (t) => t.table('a', { cache: 0.5 })],
    ['a negative wait', 'OPTION_INVALID', 'wait is -1', (t) => t.table('a').suppress(untilTimeLimit(-1))],
    ['room for no record', 'OPTION_INVALID', 'maxRecords is 0', () => untilTimeLimit(1, { maxRecords: 0 })],
    ['room for no byte', 'OPTION_INVALID', 'maxBytes is -1', () => untilWindowCloses({ maxBytes: -1 })],
    [
      'a silence of 0',
      'OPTION_INVALID',
      'closeOnIdle is 0',
      (t) => grouped(t).windowedBy(tumbling(1)).count({ emit: 'on-window-close', closeOnIdle: 0 }),
    ],
    [
      'a silence after which nothing is said',
      'OPTION_INVALID',
      'Option closeOnIdle: Windows that emit every update have nothing left to say when they close',
      (t) => grouped(t).windowedBy(tumbling(1)).count({ closeOnIdle: 5 }),
    ],
    [
      'no call at a time',
      'OPTION_INVALID',
      'concurrency is 0',
      (t) => t.source('a').mapValuesAsync(async (v) => v, { concurrency: 0 }),
    ],
    [
      'a store that was never registered',
      'TOPOLOGY_INVALID',
      "A processor uses store 'own', which this topology does not have",
      (t) =>
        t.source('a').process(() => ({ process() {} }), { stores: { own: keyValueStore({ name: 'own', ...serdes }) } }),
    ],
  ])
})

describe('a circle', () => {
  it('cannot be written: what an operation reads is there before it, in every plan', () => {
    const { plan } = topology('t', (t) => {
      const a = t.source('a', number)
      const b = a.merge(t.source('b', number)).merge(a)
      b.joinStream(a.merge(b), { type: 'inner', within: 1, select: sum }).to('c', { value: json() })
    })
    for (const [index, node] of plan.nodes.entries()) {
      const before = plan.nodes.slice(0, index).map((one) => one.id)
      expect(before).toEqual(expect.arrayContaining([...node.parents]))
    }
  })

  it('may lead through a topic that is read and written, as in Kafka', () => {
    const driver = testDriver(
      topology('t', (t) => {
        t.source('countdown', number)
          .filter((n) => n > 0)
          .mapValues((n) => n - 1)
          .to('countdown', number)
      }),
    )
    driver.input('countdown').send('k', 3)
    expect(
      driver
        .output('countdown')
        .records()
        .map((one) => one.value),
    ).toEqual([2, 1, 0])
  })
})
