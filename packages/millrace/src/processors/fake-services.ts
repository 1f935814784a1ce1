import { StreamsError } from '../errors/index.ts'
import type { NodeFields, StoreSpec } from '../plan/index.ts'
import type { Counter } from '../ports/metrics.ts'
import type { Logger } from '../ports/logger.ts'
import type { RecordBatch, RecordHeaders } from '../ports/record.ts'
import type { StateStore } from '../ports/state-store.ts'
import { createMemoryStores, type StoreOf } from '../state/index.ts'
import type { Change } from './change.ts'
import { CurrentRecord } from './current-record.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import type { TableView } from './table-view.ts'

/** One record as a processor handed it on. */
export interface Forwarded {
  readonly key: unknown
  readonly value: unknown
  readonly timestamp: number
  readonly headers: RecordHeaders
}

interface Timer {
  readonly intervalMs: number
  readonly type: 'stream-time' | 'wall-clock'
  readonly callback: (timestamp: number) => void
  nextMs: number
}

/** A task for one processor under test: real stores in memory, a wall clock that the test moves, everything recorded. */
export class FakeServices {
  readonly forwarded: Forwarded[] = []
  /** What user code threw, by node. */
  readonly thrown: { readonly node: string; readonly error: unknown }[] = []
  readonly outputs: { readonly topic: string; readonly key: Buffer | null; readonly value: Buffer | null }[] = []
  readonly services: ProcessorServices
  #nowMs = 0
  readonly #counters = new Map<string, Counter>()
  readonly #stores: Map<string, StateStore>
  readonly #views = new Map<string, TableView>()
  readonly #timers = new Set<Timer>()
  readonly #beforeCommit: (() => void)[] = []
  readonly #memory = createMemoryStores()

  /** With `earlier`, as after a restart: its stores, nothing else. */
  constructor(earlier?: FakeServices) {
    this.#stores = earlier === undefined ? new Map() : earlier.#stores
    this.services = this.#make()
  }

  /** Takes what a processor forwards. */
  readonly forward: Forward = (key, value, timestamp) => {
    this.forwarded.push({ key, value, timestamp, headers: this.services.record.headers })
  }

  /** Runs one record through an input, as the current record with these headers. Gives what was forwarded meanwhile. */
  send(input: Forward, key: unknown, value: unknown, timestamp: number, headers: RecordHeaders = []): Forwarded[] {
    const from = this.forwarded.length
    this.services.record.at(batchOf(timestamp, headers), 0)
    input(key, value, timestamp)
    return this.forwarded.slice(from)
  }

  /** Moves the wall clock and runs what is due, with no current record. */
  advance(byMs: number): Forwarded[] {
    const from = this.forwarded.length
    this.#nowMs += byMs
    this.services.record.clear()
    for (const timer of this.#timers) {
      if (timer.type !== 'wall-clock' || timer.nextMs > this.#nowMs) continue
      timer.nextMs = this.#nowMs + timer.intervalMs
      timer.callback(this.#nowMs)
    }
    return this.forwarded.slice(from)
  }

  commit(): Forwarded[] {
    const from = this.forwarded.length
    for (const flush of this.#beforeCommit) flush()
    return this.forwarded.slice(from)
  }

  /** Count of a counter over all nodes. */
  count(name: string): number {
    let count = 0
    for (const [key, counter] of this.#counters) if (key.startsWith(`${name} `)) count += counter.value
    return count
  }

  #make(): ProcessorServices {
    const open = <Spec extends StoreSpec>(spec: Spec): StoreOf<Spec> => {
      if (!this.#stores.has(spec.name)) this.#stores.set(spec.name, this.#memory.open(spec) as StateStore)
      return this.#stores.get(spec.name) as StoreOf<Spec>
    }
    return {
      taskId: '0_0',
      record: new CurrentRecord(),
      logger: silentLogger,
      counter: (name, node) => {
        const key = `${name} ${node}`
        if (!this.#counters.has(key)) this.#counters.set(key, { value: 0 })
        return this.#counters.get(key)!
      },
      lookup: missing('a lookup table'),
      output: (topic, key, value) => this.outputs.push({ topic, key, value }),
      partitionsOf: () => 1,
      sink: missing('a sink'),
      failed: (node, _policy, error) => this.thrown.push({ node: node.id, error }),
      threw: (node: NodeFields, error) => this.thrown.push({ node: node.id, error }),
      addCut: missing('a cut'),
      store: open,
      storeNamed: (name) => this.#stores.get(name) as StoreOf<StoreSpec>,
      provideView: (node, view) => this.#views.set(node, view),
      view: (node) => this.#view(node),
      nowMs: () => this.#nowMs,
      streamTime: { ms: -1, nextAt: Infinity, run: () => {} },
      schedule: (intervalMs, type, callback) => {
        const timer = { intervalMs, type, callback, nextMs: this.#nowMs + intervalMs }
        this.#timers.add(timer)
        return () => this.#timers.delete(timer)
      },
      beforeCommit: (flush) => this.#beforeCommit.push(flush),
      onStart: (start) => start(),
      isSeen: () => false,
      seen: () => {},
      onClose: () => {},
      requestCommit: () => {},
      child: () => undefined,
    }
  }

  /** Found at the look-up, as in a task: parents are built after their children. */
  #view(node: string): TableView {
    const found = (): TableView => this.#views.get(node)!
    return {
      get: (key) => found().get(key),
      getAsOf: (key, asOf) => found().getAsOf?.(key, asOf),
      get isVersioned() {
        return found().isVersioned
      },
    }
  }
}

/** Rows as `key | value | timestamp`, in order; windowed keys as `key@start/end`, a table's updates by their new value. */
export function shown(records: readonly Forwarded[]): string[] {
  return records.map(({ key, value, timestamp }) => `${keyText(key)} | ${String(newValueOf(value))} | ${timestamp}`)
}

/** The same with the replaced value: `key | new <- old | timestamp`. */
export function shownChanges(records: readonly Forwarded[]): string[] {
  return records.map(({ key, value, timestamp }) => {
    const { newValue, oldValue, isLatest } = value as Change
    return `${keyText(key)} | ${String(newValue)} <- ${String(oldValue)}${isLatest ? '' : ' (older)'} | ${timestamp}`
  })
}

function newValueOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'newValue' in value ? value.newValue : value
}

function keyText(key: unknown): string {
  if (typeof key !== 'object' || key === null || !('window' in key) || !('key' in key)) return String(key)
  const { start, end } = key.window as { readonly start: number; readonly end: number }
  return `${String(key.key)}@${start}/${end}`
}

function batchOf(timestamp: number, headers: RecordHeaders): RecordBatch {
  return {
    topic: 'in',
    partition: 0,
    count: 1,
    sizeBytes: 0,
    nextOffset: 1,
    highWatermark: 1,
    offset: () => 0,
    timestamp: () => timestamp,
    key: () => null,
    value: () => null,
    headers: () => headers,
  }
}

function missing(what: string): () => never {
  return () => {
    throw new StreamsError({ code: 'TOPOLOGY_INVALID', what: `The fake has no ${what}`, hint: 'Use the test driver.' })
  }
}

const nothing = (): void => {}
const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLogger }
