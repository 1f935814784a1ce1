import type { SlidingAggregateNode, WindowAggregateNode } from '../plan/index.ts'
import type { TimeWindow, ValueAndTimestamp, Windowed, WindowStore } from '../ports/state-store.ts'
import { change } from './change.ts'
import { emitAggregate } from './emit-aggregate.ts'
import type { Closable } from './emit-on-close.ts'
import { windowedKeyIdentity } from './key-identity.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export type WindowResult = ValueAndTimestamp<unknown>
export type ResultStore = WindowStore<unknown, WindowResult>

/** What is read and written of the windows that one operation keeps in a store. */
export interface WindowResults {
  readonly store: ResultStore
  /** Writes a window's aggregate (null deletes) and, on update, sends it on. `old` is null for a new window. */
  readonly write: (
    key: unknown,
    window: TimeWindow,
    value: unknown,
    old: unknown,
    timestamp: number,
    recordTime: number,
  ) => void
}

export function windowResults(
  node: WindowAggregateNode | SlidingAggregateNode,
  forward: Forward,
  services: ProcessorServices,
): WindowResults {
  const { store: spec } = node
  const store = services.store(spec) as ResultStore
  services.provideView(node.id, {
    isVersioned: false,
    get: (key) => store.get((key as Windowed<unknown>).key, (key as Windowed<unknown>).window.start),
  })
  const emit = emitAggregate(node, forward, services, windowedKeyIdentity(spec.keySerde, `${spec.name}-changelog`))
  const isOnUpdate = node.emit === 'on-update'
  return {
    store,
    write: (key, window, value, old, timestamp, recordTime) => {
      store.put(key, value === null ? null : { value, timestamp }, window.start)
      if (isOnUpdate) emit({ key, window }, value, old, timestamp, recordTime)
    },
  }
}

export interface WindowBounds {
  readonly graceMs: number
  /** How far before the last window of the store another one may begin that holds a later record. */
  readonly overlapMs: number
  from(start: number): TimeWindow
  lastClosedStart(closeMs: number): number
  /** The first close time by which a window has closed. */
  closeTimeOf(window: TimeWindow): number
}

/** The closing of windows that a store knows by their start. */
export function closableWindows(store: ResultStore, bounds: WindowBounds, forward: Forward): Closable {
  const startsFrom = (closeMs: number): number => Math.max(0, bounds.lastClosedStart(closeMs) + 1)
  return {
    graceMs: bounds.graceMs,
    recovered: () => {
      const { observedTime } = store
      if (observedTime < 0) return -1
      let latest = observedTime
      const from = Math.max(0, observedTime - bounds.overlapMs)
      for (const [, , { timestamp }] of store.fetchRange(undefined, undefined, from, observedTime)) {
        if (timestamp > latest) latest = timestamp
      }
      return latest
    },
    emitClosed: (fromMs, toMs) => {
      const lastStart = bounds.lastClosedStart(toMs)
      if (lastStart < 0) return
      for (const [key, start, result] of store.fetchRange(undefined, undefined, startsFrom(fromMs), lastStart)) {
        forward({ key, window: bounds.from(start) }, change(result.value, null), result.timestamp)
      }
    },
    closeTimeOfAll: (fromMs) => {
      let last: number | undefined
      const { observedTime } = store
      for (const [, start] of store.fetchRange(undefined, undefined, startsFrom(fromMs), observedTime)) last = start
      return last === undefined ? undefined : bounds.closeTimeOf(bounds.from(last))
    },
  }
}
