import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  calendar,
  hopping,
  json,
  type KGroupedStream,
  type KStream,
  type KTable,
  lookupTable,
  session,
  sliding,
  string,
  StreamsError,
  topology,
  type TopologyBuilder,
  tumbling,
  unlimited,
} from '../index.ts'
import { compile } from '../compile/index.ts'
import { type TestDriver, testDriver } from '../testing/index.ts'

import { buildChain } from './build-chain.ts'
import { FakeServices } from './fake-services.ts'

const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')

/** The callback under test. */
const bad = (): never => {
  throw new RangeError('no such thing')
}

const number = { value: json<number>() }
const wide = { ...number, key: string() }
const rows = lookupTable('rows', [['k', 1]] as const)
const init = (): number => 0
const add = (left: number, right: number): number => left + right
const first = (left: unknown): unknown => left

interface Given {
  readonly t: TopologyBuilder
  readonly stream: KStream<string | null, number>
  readonly other: KStream<string | null, number>
  readonly table: KTable<string, number>
  readonly grouped: KGroupedStream<string, number>
}

/** The words that stand on the line of the operation, what the user writes there, and what makes it throw. */
type Case = readonly [words: string, define: (given: Given) => unknown, send?: (driver: TestDriver) => void]

const send =
  (topic: string, ...values: readonly (number | null)[]) =>
  (driver: TestDriver) => {
    for (const [index, value] of values.entries()) driver.input(topic).send('k', value, { at: index })
  }
const both = (driver: TestDriver): void => {
  for (const topic of ['other', 'rows', 'in']) send(topic, 1)(driver)
}

// one operation per line, so that the line tells it
// oxfmt-ignore
const cases: readonly Case[] = [
  ['.filter(bad', ({ stream }) => stream.filter(bad)],
  ['.filterNot(bad', ({ stream }) => stream.filterNot(bad)],
  ['.map(bad', ({ stream }) => stream.map(bad)],
  ['.mapValues(bad', ({ stream }) => stream.mapValues(bad)],
  ['.flatMap(bad', ({ stream }) => stream.flatMap(bad)],
  ['.flatMapValues(bad', ({ stream }) => stream.flatMapValues(bad)],
  ['.selectKey(bad', ({ stream }) => stream.selectKey(bad)],
  ['.peek(bad', ({ stream }) => stream.peek(bad)],
  ['.forEach(bad', ({ stream }) => stream.forEach(bad)],
  ['.split({ some: bad', ({ stream }) => stream.split({ some: bad }).some.to('out')],
  ['.groupBy(bad', ({ stream }) => stream.groupBy(bad).count()],
  ['.to(bad', ({ stream }) => stream.to(bad)],
  ["to('out', { partition: bad", ({ stream }) => stream.to('out', { partition: bad })],
  ['.repartition({ partition: bad', ({ stream }) => stream.repartition({ partition: bad })],
  ['.windowByHour({ at: bad', ({ stream }) => stream.mapValues((n) => ({ n })).windowByHour({ at: bad, zone: 'UTC', as: 'hour' })],
  ["t.source('timed', { at: bad", ({ t }) => t.source('timed', { ...number, at: bad }), send('timed', 1)],
  ["t.table('timed', { at: bad", ({ t }) => t.table('timed', { at: bad }), send('timed', 1)],
  ['.parse(z.number(), { at: bad', ({ stream }) => stream.parse(z.number(), { at: bad })],
  ["joinTable(rows, { type: 'inner', on: bad", ({ stream }) => stream.joinTable(rows, { type: 'inner', on: bad, select: add })],
  ["joinTable(rows, { type: 'left', on: () => 'k', select: bad", ({ stream }) => stream.joinTable(rows, { type: 'left', on: () => 'k', select: bad })],
  ["t.globalTable('all'), { type: 'inner', on: bad", ({ t, stream }) => stream.joinTable(t.globalTable('all'), { type: 'inner', on: bad, select: first })],
  ["t.globalTable('all'), { type: 'left', on: () => 'k', select: bad", ({ t, stream }) => stream.joinTable(t.globalTable('all'), { type: 'left', on: () => 'k', select: bad })],
  ["stream.joinTable(table, { type: 'left', select: bad", ({ stream, table }) => stream.joinTable(table, { type: 'left', select: bad })],
  ["grace: 5, select: bad", ({ t, stream }) => stream.joinTable(t.table<string, number>('versions', { versioned: 100 }), { type: 'left', grace: 5, select: bad }), (driver) => [0, 50].forEach((at) => driver.input('in').send('k', 1, { at }))],
  ["stream.joinStream(other, { type: 'inner', within: 9, select: bad", ({ stream, other }) => stream.joinStream(other, { type: 'inner', within: 9, select: bad }), both],
  ["stream.joinStream(stream, { type: 'inner', within: 9, select: bad", ({ stream }) => stream.joinStream(stream, { type: 'inner', within: 9, select: bad })],
  ["other.joinStream(stream, { type: 'outer', within: 9, select: bad", ({ stream, other }) => other.joinStream(stream, { type: 'outer', within: 9, select: bad }), both],
  ['.process(() => ({ process: bad', ({ stream }) => stream.process(() => ({ process: bad }))],
  ['.processValues(() => ({ process: bad', ({ stream }) => stream.processValues(() => ({ process: bad }))],
  ["schedule(1, 'wall-clock', bad)", ({ stream }) => stream.process((context) => (context.schedule(1, 'wall-clock', bad), { process() {} })), (driver) => driver.advanceWallClock(5)],
  ["schedule(1, 'stream-time', bad)", ({ stream }) => stream.process((context) => (context.schedule(1, 'stream-time', bad), { process() {} })), send('in', 1, 2, 3)],
  ['.process(bad)', ({ stream }) => stream.process(bad)],
  ['table.filter(bad', ({ table }) => table.filter(bad), send('rows', 1)],
  ['table.filterNot(bad', ({ table }) => table.filterNot(bad), send('rows', 1)],
  ['table.mapValues(bad', ({ table }) => table.mapValues(bad), send('rows', 1)],
  ['table.groupBy(bad', ({ table }) => table.groupBy(bad).count(), send('rows', 1)],
  ["table.joinTable(other.toTable(), { type: 'inner', select: bad", ({ table, other }) => table.joinTable(other.toTable(), { type: 'inner', select: bad }), both],
  ["table.joinTable(other.toTable(), { type: 'inner', on: bad", ({ table, other }) => table.joinTable(other.toTable(), { type: 'inner', on: bad, select: add }), both],
  ["{ type: 'left', on: () => 'k', select: bad })], // by foreign key", ({ table, other }) => table.joinTable(other.toTable(), { type: 'left', on: () => 'k', select: bad }), both], // { type: 'left', on: () => 'k', select: bad })], // by foreign key
  ['grouped.reduce(bad', ({ grouped }) => grouped.reduce(bad), send('in', 1, 2)],
  ['grouped.aggregate({ init: bad', ({ grouped }) => grouped.aggregate({ init: bad, add })],
  ['grouped.aggregate({ init, add: bad', ({ grouped }) => grouped.aggregate({ init, add: bad })],
  ['grouped.cogroup<number>(bad', ({ grouped }) => grouped.cogroup<number>(bad).aggregate({ init })],
  ['.aggregate({ init: bad })], // cogroup', ({ grouped }) => grouped.cogroup<number>(add).aggregate({ init: bad })], // .aggregate({ init: bad })], // cogroup
  ['.aggregateWindowed(tumbling(9), { init: bad', ({ grouped }) => grouped.cogroup<number>(add).aggregateWindowed(tumbling(9), { init: bad })],
  ['.aggregateSessions(session(9), { init, merge: bad', ({ grouped }) => grouped.cogroup<number>(add).aggregateSessions(session(9), { init, merge: bad }), send('in', 1, 2)],
  ['table.groupBy((row) => row).aggregate({ init: bad', ({ table }) => table.groupBy((row) => row).aggregate({ init: bad, add, subtract: add }), send('rows', 1)],
  ['table.groupBy((row) => row).aggregate({ init, add: bad', ({ table }) => table.groupBy((row) => row).aggregate({ init, add: bad, subtract: add }), send('rows', 1)],
  ['table.groupBy((row) => row).aggregate({ init, add, subtract: bad', ({ table }) => table.groupBy((row) => row).aggregate({ init, add, subtract: bad }), send('rows', 1, 2)],
  ['table.groupBy((row) => row).reduce({ add: bad', ({ table }) => table.groupBy((row) => row).reduce({ add: bad, subtract: add }), (driver) => ['a', 'b'].forEach(() => send('rows', 1, 2)(driver))],
  ['windowedBy(tumbling(9)).aggregate({ init: bad', ({ grouped }) => grouped.windowedBy(tumbling(9)).aggregate({ init: bad, add })],
  ['windowedBy(hopping(9, { advance: 3 })).aggregate({ init, add: bad', ({ grouped }) => grouped.windowedBy(hopping(9, { advance: 3 })).aggregate({ init, add: bad })],
  ["windowedBy(calendar('day', { zone: 'UTC' })).reduce(bad", ({ grouped }) => grouped.windowedBy(calendar('day', { zone: 'UTC' })).reduce(bad), send('in', 1, 2)],
  ['windowedBy(sliding(9)).aggregate({ init, add: bad', ({ grouped }) => grouped.windowedBy(sliding(9)).aggregate({ init, add: bad })],
  ['windowedBy(unlimited()).aggregate({ init, add: bad', ({ grouped }) => grouped.windowedBy(unlimited()).aggregate({ init, add: bad })],
  ['windowedBy(session(9)).aggregate({ init, add: bad', ({ grouped }) => grouped.windowedBy(session(9)).aggregate({ init, add: bad, merge: add })],
  ['windowedBy(session(9)).aggregate({ init, add, merge: bad', ({ grouped }) => grouped.windowedBy(session(9)).aggregate({ init, add, merge: bad }), send('in', 1, 2)],
  ['windowedBy(tumbling(9)).count({ onLate: bad', ({ grouped }) => grouped.windowedBy(tumbling(9)).count({ onLate: bad }), late],
  ['windowedBy(session(9)).count({ onLate: bad', ({ grouped }) => grouped.windowedBy(session(9)).count({ onLate: bad }), late],
  ['windowedBy(sliding(9)).count({ onLate: bad', ({ grouped }) => grouped.windowedBy(sliding(9)).count({ onLate: bad }), late],
]

function late(driver: TestDriver): void {
  for (const at of [1_000, 0]) driver.input('in').send('k', 1, { at })
}

function driverOf(define: Case[1]): TestDriver {
  return testDriver(
    topology('t', (t) => {
      const stream = t.source('in', wide)
      const other = t.source('other', wide)
      const table = t.table<string, number>('rows', number)
      define({ t, stream, other, table, grouped: stream.groupByKey() })
    }),
  )
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

/** The line of this file that an error names, in its context and its message; else what is wrong with the error. */
function lineNamedBy(thrown: unknown): string {
  if (!(thrown instanceof StreamsError)) return `no StreamsError: ${String(thrown)}`
  const { context, message } = thrown
  if (!message.includes('no such thing')) return `another error: ${message}`
  if (!message.includes(`callSite=${context.callSite}`)) return `no place in the message: ${message}`
  const line = /callback-places\.test\.ts:(\d+):\d+$/.exec(context.callSite ?? '')?.[1]
  return lines[Number(line) - 1] ?? `another place: ${context.callSite}`
}

describe('an error in a callback names the line where its operation is written', () => {
  it.each(cases.map(([words, define, run = send('in', 1)]) => ({ words, define, run })))(
    '$words',
    ({ words, define, run }) => {
      expect(lineNamedBy(thrownBy(() => run(driverOf(define))))).toContain(words)
    },
  )

  it('.mapValuesAsync(async', async () => {
    const driver = driverOf(({ stream }) => stream.mapValuesAsync(async () => bad()))
    driver.input('in').send('k', 1)
    const thrown = await driver.settle().catch((error: unknown) => error)
    expect(lineNamedBy(thrown)).toContain('.mapValuesAsync(async () => bad())')
  })

  it('.parse(z.number().transform(bad', async () => {
    const driver = driverOf(({ stream }) => stream.parse(z.number().transform(bad)))
    driver.input('in').send('k', 1)
    const thrown = await driver.settle().catch((error: unknown) => error)
    expect(lineNamedBy(thrown)).toContain('.parse(z.number().transform(bad')
  })

  it('close() of a processor', () => {
    const compiled = compile(topology('t', (t) => t.source('in').process(() => ({ process() {}, close: bad }))).plan)
    const fake = new FakeServices()
    const closes: (() => void)[] = []
    buildChain(compiled.subTopologies[0]!.nodes, { ...fake.services, onClose: (close) => closes.push(close) })
    expect(lineNamedBy(thrownBy(() => closes.forEach((close) => close())))).toContain('close: bad')
  })

  it('.parse() with an asynchronous schema', async () => {
    const driver = driverOf(({ stream }) =>
      stream.parse({ '~standard': { version: 1, vendor: 'own', validate: async () => bad() } }),
    )
    driver.input('in').send('k', 1)
    const thrown = await driver.settle().catch((error: unknown) => error)
    expect(lineNamedBy(thrown)).toContain('.parse({')
  })
})
