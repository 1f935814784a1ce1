import type { WindowAggregateNode } from '../plan/index.ts'
import { aggregateStep, failed, operationOf } from './aggregate-step.ts'
import type { UserFunction } from './callback.ts'
import { closingsOf } from './emit-on-close.ts'
import { lateRecords } from './late-records.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { timeWindows } from './time-windows.ts'
import { closableWindows, windowResults } from './window-results.ts'

/**
 * Aggregates per key and window, tumbling, hopping, calendar or unlimited; one input per aggregator. A record goes into
 * each of its windows whose end lies after stream time minus grace, and is late for the others. Null keys are dropped
 * and counted, before they could move stream time; null values are aggregated. The time of a result is the latest of
 * its records.
 */
export function windowAggregate(
  node: WindowAggregateNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const windows = timeWindows(node.windows)
  const { store, write } = windowResults(node, forward, services)
  const bounds = { ...windows, overlapMs: 0, closeTimeOf: ({ end }: { readonly end: number }) => end }
  const closings = closingsOf(closableWindows(store, bounds, forward), node, services)
  const dropped = services.counter('records-dropped', node.id)
  const dropLate = lateRecords(node, services)
  const init = node.init as UserFunction | undefined
  const stored = (key: unknown, start: number): unknown => store.get(key, start)?.value
  const common = { node, operation: operationOf(init), init, valueSerde: node.store.valueSerde, stored }
  return node.aggregators.map((aggregator, index) => {
    const closing = closings[index]!
    const step = aggregateStep({ ...common, aggregator: aggregator as UserFunction }, services)
    return (key, value, timestamp) => {
      if (key === null || key === undefined) {
        dropped.value++
        return
      }
      const closeMs = closing.observe(timestamp)
      for (const window of windows.at(timestamp)) {
        if (window.end <= closeMs) {
          dropLate(key, value, timestamp)
          continue
        }
        const old = store.get(key, window.start)
        const result =
          old === undefined ? step.first(value ?? null, key) : step.next(old.value, value ?? null, key, window.start)
        if (result === failed) return
        const time = old === undefined ? timestamp : Math.max(timestamp, old.timestamp)
        write(key, window, result, old === undefined ? null : old.value, time, timestamp)
      }
    }
  })
}
