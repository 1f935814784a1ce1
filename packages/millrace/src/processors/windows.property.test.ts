import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { long, string } from '../serde/index.ts'
import { FakeServices, type Forwarded } from './fake-services.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { sessionAggregate } from './session-aggregate.ts'
import { slidingAggregate } from './sliding-aggregate.ts'
import { windowAggregate } from './window-aggregate.ts'

const common = {
  id: 'counts',
  parents: ['in'],
  init: (() => 0) as never,
  aggregators: [((count: number) => count + 1) as never],
  cacheBytes: 0,
} as const

const storeFields = {
  name: 'counts',
  keySerde: string() as never,
  valueSerde: long() as never,
  storage: 'memory',
  isLogged: true,
} as const

type Emit = 'on-update' | 'on-window-close'

function windowStore(retentionMs: number, windowSizeMs: number) {
  const flags = { isTimestamped: true, retainDuplicates: false } as const
  return { kind: 'window', ...storeFields, retentionMs, windowSizeMs, ...flags } as const
}

type Open = (emit: Emit, graceMs: number) => (forward: Forward, services: ProcessorServices) => readonly Forward[]

const hopping: Open = (emit, graceMs) => (forward, services) => {
  const windows = { kind: 'time', sizeMs: 10, advanceMs: 4, graceMs } as const
  const node = { kind: 'window-aggregate', ...common, emit, windows, store: windowStore(10 + graceMs, 10) } as const
  return windowAggregate(node, forward, services)
}

const sliding: Open = (emit, graceMs) => (forward, services) => {
  const windows = { kind: 'sliding', differenceMs: 10, graceMs } as const
  const node = { kind: 'sliding-aggregate', ...common, emit, windows, store: windowStore(20 + graceMs, 10) } as const
  return slidingAggregate(node, forward, services)
}

const sessions: Open = (emit, graceMs) => (forward, services) => {
  const windows = { kind: 'session', gapMs: 10, graceMs } as const
  // a session as old as the retention is forgotten though it is open, as in Kafka Streams: one more ms keeps it
  // growing, on close another one keeps it until it is emitted
  const retentionMs = 10 + graceMs + (emit === 'on-update' ? 1 : 2)
  const store = { kind: 'session', ...storeFields, retentionMs } as const
  const merger = ((left: number, right: number) => left + right) as never
  return sessionAggregate({ kind: 'session-aggregate', ...common, emit, windows, merger, store }, forward, services)
}

type Row = readonly [key: string, timestamp: number]
const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(60)), { maxLength: 25 })

function run(open: ReturnType<Open>, records: readonly Row[]): FakeServices {
  const fake = new FakeServices()
  const [input] = open(fake.forward, fake.services)
  for (const [key, timestamp] of records) fake.send(input!, key, 'x', timestamp)
  return fake
}

/** What a reader of the updates ends up with: count and time by `key@start/end`. */
function tableOf(forwarded: readonly Forwarded[]): Record<string, string> {
  const table: Record<string, string> = {}
  for (const { key, value, timestamp } of forwarded) {
    const { newValue } = value as { readonly newValue: number | null }
    if (newValue === null) delete table[nameOf(key)]
    else table[nameOf(key)] = `${newValue} at ${timestamp}`
  }
  return table
}

function nameOf(windowed: unknown): string {
  const { key, window } = windowed as { key: string; window: { start: number; end: number } }
  return `${key}@${window.start}/${window.end}`
}

function timesOf(records: readonly Row[]): [string, number[]][] {
  const keys = [...new Set(records.map(([key]) => key))]
  return keys.map((one) => [one, records.filter(([key]) => key === one).map(([, timestamp]) => timestamp)])
}

/** KIP-450 from its definition: the window that ends with each record, and the one after it if something lies there. */
function slidingModel(records: readonly Row[], difference: number): Record<string, string> {
  const model: Record<string, string> = {}
  for (const [key, times] of timesOf(records)) {
    for (const start of times.flatMap((time) => [Math.max(0, time - difference), time + 1])) {
      const within = times.filter((time) => time >= start && time <= start + difference)
      if (within.length > 0)
        model[`${key}@${start}/${start + difference}`] = `${within.length} at ${Math.max(...within)}`
    }
  }
  return model
}

function sessionModel(records: readonly Row[], gap: number): Record<string, string> {
  const model: Record<string, string> = {}
  for (const [key, times] of timesOf(records)) {
    let session: number[] = []
    for (const time of times.toSorted((left, right) => left - right)) {
      if (session.length > 0 && time - session.at(-1)! > gap) session = []
      else delete model[`${key}@${session[0]}/${session.at(-1)}`]
      session.push(time)
      model[`${key}@${session[0]}/${time}`] = `${session.length} at ${time}`
    }
  }
  return model
}

describe('windowed aggregations', () => {
  it('has the sliding windows of the definition, in whatever order records come', () => {
    fc.assert(
      fc.property(rows, (records) => {
        expect(tableOf(run(sliding('on-update', 1000), records).forwarded)).toEqual(slidingModel(records, 10))
      }),
      { numRuns: 500 },
    )
  })

  it('has the sessions of the definition, in whatever order records come', () => {
    fc.assert(
      fc.property(rows, (records) => {
        expect(tableOf(run(sessions('on-update', 1000), records).forwarded)).toEqual(sessionModel(records, 10))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['hopping', hopping],
    ['sliding', sliding],
    ['sessions', sessions],
  ] as const)('emits on close exactly what the updates came to, each window once: %s', (_, open) => {
    fc.assert(
      fc.property(rows, fc.nat(15), (records, graceMs) => {
        // a record far ahead closes everything
        const all = [...records, ['z', 1_000_000] as const]
        const updated = tableOf(run(open('on-update', graceMs), all).forwarded)
        for (const name of Object.keys(updated)) if (name.startsWith('z')) delete updated[name]
        const closed = run(open('on-window-close', graceMs), all).forwarded
        const names = closed.map(({ key }) => nameOf(key))
        // a session that closed may be joined by a late record, and closes again
        expect(open === sessions ? 0 : names.length - new Set(names).size).toBe(0)
        expect(tableOf(closed)).toMatchObject(updated)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['hopping', hopping],
    ['sliding', sliding],
    ['sessions', sessions],
  ] as const)('gives the same with a restart anywhere: %s', (_, open) => {
    fc.assert(
      fc.property(
        rows,
        fc.nat(25),
        fc.nat(15),
        fc.constantFrom<Emit>('on-update', 'on-window-close'),
        (records, at, graceMs, emit) => {
          const whole = run(open(emit, graceMs), records)
          const first = run(open(emit, graceMs), records.slice(0, at))
          const second = new FakeServices(first)
          const [input] = open(emit, graceMs)(second.forward, second.services)
          for (const [key, timestamp] of records.slice(at)) second.send(input!, key, 'x', timestamp)
          expect([...first.forwarded, ...second.forwarded]).toEqual(whole.forwarded)
          expect(first.count('records-dropped') + second.count('records-dropped')).toBe(whole.count('records-dropped'))
        },
      ),
      { numRuns: 300 },
    )
  })
})
