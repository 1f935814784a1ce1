import type { SlidingAggregateNode } from '../plan/index.ts'
import { aggregateStep, operationOf } from './aggregate-step.ts'
import type { UserFunction } from './callback.ts'
import { closingsOf } from './emit-on-close.ts'
import { lateRecords } from './late-records.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { SlidingRecord } from './sliding-record.ts'
import { closableWindows, windowResults } from './window-results.ts'

/**
 * Aggregates per key and sliding window `[start, start + difference]`, both inclusive (KIP-450): every record has a
 * window that ends with it, and one that begins 1 ms after it as soon as a later record falls there. One input per
 * aggregator. Null keys and null values are dropped and counted, before they could move stream time.
 */
export function slidingAggregate(
  node: SlidingAggregateNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const { differenceMs, graceMs } = node.windows
  const results = windowResults(node, forward, services)
  const { store } = results
  const bounds = {
    graceMs,
    // the last window may be one that begins after a record of another key
    overlapMs: 2 * differenceMs + 1,
    from: (start: number) => ({ start, end: start + differenceMs }),
    lastClosedStart: (closeMs: number) => closeMs - differenceMs - 1,
    closeTimeOf: ({ end }: { readonly end: number }) => end + 1,
  }
  const closings = closingsOf(closableWindows(store, bounds, forward), node, services)
  const dropped = services.counter('records-dropped', node.id)
  const dropLate = lateRecords(node, services)
  const init = node.init as UserFunction | undefined
  const stored = (key: unknown, start: number): unknown => store.get(key, start)?.value
  const common = { node, operation: operationOf(init), init, valueSerde: node.store.valueSerde, stored }
  return node.aggregators.map((aggregator, index) => {
    const closing = closings[index]!
    const step = aggregateStep({ ...common, aggregator: aggregator as UserFunction }, services)
    const sliding = new SlidingRecord(differenceMs, results, step, dropLate)
    return (key, value, timestamp) => {
      if (key === null || key === undefined || value === null || value === undefined) {
        dropped.value++
        return
      }
      const closeMs = closing.observe(timestamp)
      if (timestamp + differenceMs < closeMs) return dropLate(key, value, timestamp)
      sliding.aggregate(key, value, timestamp, closeMs)
    }
  })
}
