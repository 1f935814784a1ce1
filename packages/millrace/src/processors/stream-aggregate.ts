import type { StreamAggregateNode } from '../plan/index.ts'
import { aggregateStep, failed, operationOf } from './aggregate-step.ts'
import type { UserFunction } from './callback.ts'
import { emitAggregate } from './emit-aggregate.ts'
import { keyIdentity } from './key-identity.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { tableRows } from './table-rows.ts'

/**
 * Aggregates per key; one input per aggregator (several: cogroup). Records with a null key or value are dropped and
 * counted. The time of a result is the latest of its records; after a deletion it starts anew.
 */
export function streamAggregate(
  node: StreamAggregateNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const { store: spec } = node
  const rows = tableRows(node, services)
  const emit = emitAggregate(node, forward, services, keyIdentity(spec.keySerde, `${spec.name}-changelog`))
  const dropped = services.counter('records-dropped', node.id)
  const init = node.init as UserFunction | undefined
  const stored = (key: unknown): unknown => rows.get(key)?.value
  return node.aggregators.map((aggregator) => {
    const step = aggregateStep(
      {
        node,
        operation: operationOf(init),
        init,
        aggregator: aggregator as UserFunction,
        valueSerde: spec.valueSerde,
        stored,
      },
      services,
    )
    return (key, value, timestamp) => {
      if (key === null || key === undefined || value === null || value === undefined) {
        dropped.value++
        return
      }
      const old = rows.get(key)
      const newValue = old === undefined ? step.first(value, key) : step.next(old.value, value, key, 0)
      if (newValue === failed) return
      const time = old === undefined ? timestamp : Math.max(timestamp, old.timestamp)
      rows.put(key, newValue, time)
      emit(key, newValue, old === undefined ? null : old.value, time, timestamp)
    }
  })
}
