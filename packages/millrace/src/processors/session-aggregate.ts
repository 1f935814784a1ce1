import type { SessionAggregateNode, SessionStoreSpec } from '../plan/index.ts'
import type { SessionStore, TimeWindow, Windowed } from '../ports/state-store.ts'
import { aggregateStep, type AggregateStep, checked, failed, initial, operationOf } from './aggregate-step.ts'
import type { UserFunction } from './callback.ts'
import { change } from './change.ts'
import { emitAggregate } from './emit-aggregate.ts'
import { type Closable, closingsOf } from './emit-on-close.ts'
import { windowedKeyIdentity } from './key-identity.ts'
import { lateRecords } from './late-records.ts'
import type { Forward, ProcessorServices } from './processor.ts'

type Session = readonly [TimeWindow, unknown]
type Sessions = SessionStore<unknown, unknown>

/**
 * Aggregates per key and session; one input per aggregator. A record joins all sessions within the gap on either side
 * into one: each of those is deleted downstream, then the new one is sent, with its end as time. It is late when even
 * the joined session ended before stream time minus grace minus gap. Null keys are dropped and counted; null values
 * are aggregated.
 */
export function sessionAggregate(
  node: SessionAggregateNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const { gapMs } = node.windows
  // one that is kept for its emission alone grows no more
  const livesMs = node.store.retentionMs - (node.emit === 'on-window-close' ? 2 : 1)
  const store = openSessions(node, services)
  const identify = windowedKeyIdentity(node.store.keySerde, `${node.store.name}-changelog`)
  const emit = emitAggregate(node, withoutHeaders(node, forward, services), services, identify)
  const isOnUpdate = node.emit === 'on-update'
  const closings = closingsOf(closableSessions(node, store, forward), node, services)
  const dropped = services.counter('records-dropped', node.id)
  const dropLate = lateRecords(node, services)

  return stepsOf(node, services).map((step, index) => (key, value, timestamp) => {
    if (key === null || key === undefined) {
      dropped.value++
      return
    }
    const closeMs = closings[index]!.observe(timestamp)
    const earliestMs = Math.max(timestamp - gapMs, store.observedTime - livesMs)
    const joined: readonly Session[] = [...store.findSessions(key, earliestMs, timestamp + gapMs)]
    const window = joinedWindow(timestamp, joined)
    if (window.end < closeMs) return dropLate(key, value, timestamp)
    const result = step(joined, value ?? null, key)
    if (result === failed) return
    const isPoint = window.start === timestamp && window.end === timestamp
    if (!isPoint) {
      for (const [old, aggregate] of joined) {
        store.put(key, old, null)
        if (isOnUpdate) emit({ key, window: old }, null, aggregate, old.end, old.end)
      }
    }
    store.put(key, window, result)
    // a session of this one point is replaced, not deleted first
    if (isOnUpdate) emit({ key, window }, result, isPoint ? (joined[0]?.[1] ?? null) : null, window.end, window.end)
  })
}

/** Updates of sessions have no headers, except those that come out of a cache (as in Kafka Streams). */
function withoutHeaders(node: SessionAggregateNode, forward: Forward, { record }: ProcessorServices): Forward {
  if (node.cacheBytes > 0) return forward
  return (key, value, timestamp) => {
    const { headers } = record
    if (headers.length === 0) return forward(key, value, timestamp)
    record.withHeaders([])
    forward(key, value, timestamp)
    record.withHeaders(headers)
  }
}

type SessionStep = (joined: readonly Session[], value: unknown, key: unknown) => unknown

/** Per aggregator: the initial aggregate, merged with those of the sessions, then the record. */
function stepsOf(node: SessionAggregateNode, services: ProcessorServices): readonly SessionStep[] {
  const init = node.init as UserFunction | undefined
  const operation = operationOf(init)
  const common = { node, operation, init, valueSerde: node.store.valueSerde, stored: () => null }
  const merged = mergerOf(node, services)
  return node.aggregators.map((aggregator) => {
    const step: AggregateStep = aggregateStep({ ...common, aggregator: aggregator as UserFunction }, services)
    return (joined, value, key) => {
      if (joined.length === 0) return step.first(value, key)
      const aggregate = merged(joined, key)
      if (aggregate === failed) return failed
      return aggregate === null && init === undefined ? step.first(value, key) : step.nextOfNew(aggregate, value, key)
    }
  })
}

function mergerOf(
  node: SessionAggregateNode,
  services: ProcessorServices,
): (joined: readonly Session[], key: unknown) => unknown {
  const init = node.init as UserFunction | undefined
  const merger = node.merger as UserFunction
  return (joined, key) => {
    try {
      let aggregate = init === undefined ? null : initial(init)
      for (const [, session] of joined) {
        const isFirst = aggregate === null && init === undefined
        aggregate = isFirst ? session : checked(merger(aggregate, session, key), 'merge')
      }
      return aggregate
    } catch (thrown) {
      services.threw(node, thrown)
      return failed
    }
  }
}

function joinedWindow(timestamp: number, joined: readonly Session[]): TimeWindow {
  let start = timestamp
  let end = timestamp
  for (const [window] of joined) {
    start = Math.min(start, window.start)
    end = Math.max(end, window.end)
  }
  return { start, end }
}

function openSessions(node: SessionAggregateNode, services: ProcessorServices): Sessions {
  const { store: spec } = node
  const store: Sessions = services.store<SessionStoreSpec>(spec)
  services.provideView(node.id, {
    isVersioned: false,
    get: (windowed) => {
      const { key, window } = windowed as Windowed<unknown>
      const value = store.get(key, window.start, window.end)
      return value === undefined ? undefined : { value, timestamp: window.end }
    },
  })
  return store
}

function closableSessions(node: SessionAggregateNode, store: Sessions, forward: Forward): Closable {
  const graceMs = node.windows.graceMs + node.windows.gapMs
  const firstOpen = (closeMs: number): number => Math.max(0, closeMs)
  return {
    graceMs,
    recovered: () => store.observedTime,
    emitClosed: (fromMs, toMs) => {
      if (toMs <= 0) return
      for (const [key, window, value] of store.findByEnd(firstOpen(fromMs), toMs - 1)) {
        forward({ key, window }, change(value, null), window.end)
      }
    },
    closeTimeOfAll: (fromMs) => {
      let last: number | undefined
      for (const [, { end }] of store.findByEnd(firstOpen(fromMs), store.observedTime)) last = end
      return last === undefined ? undefined : last + 1
    },
  }
}
