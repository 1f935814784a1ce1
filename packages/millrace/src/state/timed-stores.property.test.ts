import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { json, long, string } from '../serde/index.ts'
import type { StoreChange } from '../ports/state-store.ts'
import type { SessionStoreSpec, WindowStoreSpec } from '../plan/store-spec.ts'
import { StoreRig, storeHomes, withFolder } from './stores-under-test.ts'
import { Transcript } from './transcript.ts'
import { sessionKeyBytes, windowKeyBytes } from './window-key.ts'

const keys = ['', 'a', 'ab', 'b', '\uffee', '\u{1f3ac}']
const retentionMs = 40
const fields = { name: 's', storage: 'memory', isLogged: true, keySerde: string() } as const

type Operations<T> = T extends fc.Arbitrary<infer O> ? O : never

interface Row {
  readonly key: string
  readonly time: number
  /** Session start, or the order of duplicates. */
  readonly minor: number
  readonly value: unknown
}

interface Model {
  rows: Row[]
  observed: number
}

const byKey = (a: Row, b: Row): number => Buffer.from(a.key).compare(Buffer.from(b.key))
const isLive = (model: Model, time: number): boolean => time > model.observed - retentionMs
const copy = (model: Model): Model => ({ ...model, rows: [...model.rows] })

const key = fc.constantFrom(...keys)
// Near each other most of the time, and now and then a jump.
const time = fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 120 }) }, { weight: 1, arbitrary: fc.nat({ max: 400 }) })
const steps = fc.constantFrom(
  ...(['write', 'commit', 'commit', 'flush-committed', 'compact', 'crash', 'crash-flushing'] as const),
)
type Step = typeof steps extends fc.Arbitrary<infer S> ? S : never

/** Of somebody else; whether it is a retraction. */
const intrusion = fc.record({
  kind: fc.constant('intrude'),
  key,
  time,
  minor: fc.nat({ max: 20 }),
  value: fc.option(fc.nat(), { freq: 2 }),
  isRetraction: fc.boolean(),
})
type Intrusion = typeof intrusion extends fc.Arbitrary<infer I> ? I : never
const isReverse = fc.boolean()

const windowOperations = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('put'), key, time, value: fc.option(fc.nat(), { freq: 4 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('fetch'), key, from: time, to: time, isReverse }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('get'), key, time }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('range'), a: key, b: key, from: time, to: time, isReverse }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('all'), isReverse }) },
    { weight: 1, arbitrary: intrusion },
    { weight: 5, arbitrary: fc.record({ kind: steps }) },
  ),
  { maxLength: 80 },
)

const sessionOperations = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ kind: fc.constant('put'), key, start: time, end: time, value: fc.option(fc.nat()) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('find'), key, from: time, to: time }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('get'), key, from: time, to: time }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('by-end'), from: time, to: time }) },
    { weight: 1, arbitrary: intrusion },
    { weight: 5, arbitrary: fc.record({ kind: steps }) },
  ),
  { maxLength: 80 },
)

function intruder(key: Buffer, { time, value, isRetraction }: Intrusion, bytes: string): StoreChange {
  if (isRetraction) return { key, value: null, timestamp: time, isRetraction }
  return { key, value: value === null ? null : Buffer.from(bytes, 'latin1'), timestamp: time }
}

/** Gives whether it was a crash. */
function takeStep(rig: StoreRig<WindowStoreSpec | SessionStoreSpec>, step: Step): boolean {
  switch (step) {
    case 'write':
      rig.write()
      return false
    case 'commit':
      rig.commit()
      return false
    case 'flush-committed':
      rig.flushCommitted()
      return false
    case 'compact':
      rig.compact()
      return false
    case 'crash':
    case 'crash-flushing':
      rig.crash(step === 'crash' ? Infinity : 2)
      return true
  }
}

function runWindows(rig: StoreRig<WindowStoreSpec>, ops: Operations<typeof windowOperations>): Transcript {
  const told = new Transcript()
  const { retainDuplicates, isTimestamped } = rig.spec
  const valueOf = (value: number | null): unknown =>
    value === null || !isTimestamped ? value : { value, timestamp: value + 1 }
  const bytes = '\0'.repeat(isTimestamped ? 16 : 8)
  let model: Model = { rows: [], observed: -1 }
  let committed = copy(model)
  let expired = 0
  let puts = 0
  const live = (keeps: (row: Row) => boolean, reverse: boolean): (readonly [string, number, unknown])[] => {
    const found = model.rows.filter((row) => isLive(model, row.time) && keeps(row))
    found.sort((a, b) => a.time - b.time || byKey(a, b) || a.minor - b.minor)
    if (reverse) found.reverse()
    return found.map((row) => [row.key, row.time, row.value])
  }
  for (const op of ops) {
    const { store } = rig
    switch (op.kind) {
      case 'put': {
        const isIgnored = retainDuplicates && op.value === null
        if (!isIgnored) model.observed = Math.max(model.observed, op.time)
        const isIn = isLive(model, op.time)
        if (!isIn && !isIgnored) expired += 1
        told.add(store.put(op.key, valueOf(op.value), op.time), isIn)
        if (isIgnored || !isIn) break
        if (!retainDuplicates) model.rows = model.rows.filter((row) => row.key !== op.key || row.time !== op.time)
        puts += 1
        if (op.value !== null) model.rows.push({ key: op.key, time: op.time, minor: puts, value: valueOf(op.value) })
        break
      }
      case 'fetch': {
        const found = [...store.fetch(op.key, op.from, op.to, { reverse: op.isReverse })]
        const keeps = (row: Row): boolean => row.key === op.key && row.time >= op.from && row.time <= op.to
        told.add(
          found,
          live(keeps, op.isReverse).map(([, start, value]) => [start, value]),
        )
        break
      }
      case 'get':
        told.add(store.get(op.key, op.time), live((row) => row.key === op.key && row.time === op.time, false)[0]?.[2])
        break
      case 'range': {
        const [low, high] = [Buffer.from(op.a), Buffer.from(op.b)]
        const keeps = (row: Row): boolean =>
          row.time >= op.from &&
          row.time <= op.to &&
          Buffer.from(row.key).compare(low) >= 0 &&
          Buffer.from(row.key).compare(high) <= 0
        const found = [...store.fetchRange(op.a, op.b, op.from, op.to, { reverse: op.isReverse })]
        told.add(found, live(keeps, op.isReverse))
        break
      }
      case 'all':
        told.add(
          [...store.all({ reverse: op.isReverse })],
          live(() => true, op.isReverse),
        )
        break
      case 'intrude':
        rig.intrude(intruder(windowKeyBytes(Buffer.from(op.key), op.time, retainDuplicates ? op.minor : 0), op, bytes))
        break
      case 'write':
      case 'commit':
      case 'flush-committed':
      case 'compact':
      case 'crash':
      case 'crash-flushing':
        if (takeStep(rig, op.kind)) {
          model = copy(committed)
          expired = 0
        } else if (op.kind === 'commit') committed = copy(model)
    }
    told.add(rig.store.observedTime, model.observed)
    told.add(rig.store.expiredPuts, expired)
  }
  told.add(
    [...rig.store.all()],
    live(() => true, false),
  )
  return told
}

function runSessions(rig: StoreRig<SessionStoreSpec>, ops: Operations<typeof sessionOperations>): Transcript {
  const told = new Transcript()
  let model: Model = { rows: [], observed: -1 }
  let committed = copy(model)
  const live = (keeps: (row: Row) => boolean): Row[] => {
    const found = model.rows.filter((row) => isLive(model, row.time) && keeps(row))
    return found.sort((a, b) => a.time - b.time || a.minor - b.minor || byKey(a, b))
  }
  const shown = (row: Row): unknown => [row.key, { start: row.minor, end: row.time }, row.value]
  for (const op of ops) {
    const { store } = rig
    switch (op.kind) {
      case 'put': {
        const [start, end] = [Math.min(op.start, op.end), Math.max(op.start, op.end)]
        model.observed = Math.max(model.observed, end)
        const isIn = isLive(model, end)
        const value = op.value === null ? null : { n: op.value }
        told.add(store.put(op.key, { start, end }, value), isIn)
        model.rows = model.rows.filter((row) => row.key !== op.key || row.time !== end || row.minor !== start)
        if (isIn && value !== null) model.rows.push({ key: op.key, time: end, minor: start, value })
        break
      }
      case 'find': {
        const keeps = (row: Row): boolean => row.key === op.key && row.time >= op.from && row.minor <= op.to
        const found = [...store.findSessions(op.key, op.from, op.to)]
        told.add(
          found,
          live(keeps).map((row) => [{ start: row.minor, end: row.time }, row.value]),
        )
        break
      }
      case 'get': {
        const keeps = (row: Row): boolean => row.key === op.key && row.minor === op.from && row.time === op.to
        told.add(store.get(op.key, op.from, op.to), live(keeps)[0]?.value)
        break
      }
      case 'by-end': {
        const keeps = (row: Row): boolean => row.time >= op.from && row.time <= op.to
        told.add([...store.findByEnd(op.from, op.to)], live(keeps).map(shown))
        break
      }
      case 'intrude':
        rig.intrude(intruder(sessionKeyBytes(Buffer.from(op.key), op.time, Math.min(op.time, op.minor)), op, '{}'))
        break
      case 'write':
      case 'commit':
      case 'flush-committed':
      case 'compact':
      case 'crash':
      case 'crash-flushing':
        if (takeStep(rig, op.kind)) model = copy(committed)
        else if (op.kind === 'commit') committed = copy(model)
    }
    told.add(rig.store.observedTime, model.observed)
  }
  told.add([...rig.store.all()], live(() => true).map(shown))
  return told
}

describe.each(storeHomes)('a store with a retention $name', (home) => {
  const numRuns = home.storage === 'memory' ? 400 : 60

  it.each([
    { title: 'one value per window', retainDuplicates: false, isTimestamped: false },
    { title: 'values with times', retainDuplicates: false, isTimestamped: true },
    { title: 'duplicates', retainDuplicates: true, isTimestamped: false },
  ])('equals a sorted list of windows with $title, whatever happens', ({ retainDuplicates, isTimestamped }) => {
    const windows = { kind: 'window', valueSerde: long(), windowSizeMs: 10, retentionMs } as const
    const spec = { ...fields, ...windows, retainDuplicates, isTimestamped }
    const check = (ops: Operations<typeof windowOperations>, folder: string): void => {
      const rig = new StoreRig(home, folder, spec)
      const told = runWindows(rig, ops)
      rig.close()
      expect(told.answers).toEqual(told.expected)
    }
    fc.assert(
      fc.property(windowOperations, (ops) => withFolder((folder) => check(ops, folder))),
      { numRuns },
    )
  })

  it('equals a sorted list of sessions, whatever happens', () => {
    const spec = { ...fields, kind: 'session', valueSerde: json(), retentionMs } as const
    const check = (ops: Operations<typeof sessionOperations>, folder: string): void => {
      const rig = new StoreRig(home, folder, spec)
      const told = runSessions(rig, ops)
      rig.close()
      expect(told.answers).toEqual(told.expected)
    }
    fc.assert(
      fc.property(sessionOperations, (ops) => withFolder((folder) => check(ops, folder))),
      { numRuns },
    )
  })
})
