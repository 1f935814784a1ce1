import type { TableAggregateNode } from '../plan/index.ts'
import type { ValueAndTimestamp } from '../ports/state-store.ts'
import type { Changed } from '../serde/index.ts'
import { aggregateStep, failed, operationOf } from './aggregate-step.ts'
import type { UserFunction } from './callback.ts'
import { emitAggregate } from './emit-aggregate.ts'
import { keyIdentity } from './key-identity.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { tableRows } from './table-rows.ts'

/**
 * Aggregates a grouped table: takes the old value out before it puts the new one in, also when the group stays the
 * same, and sends one result for both. The time of a result is the latest of what went into it.
 */
export function tableAggregate(node: TableAggregateNode, forward: Forward, services: ProcessorServices): Forward {
  const { store: spec } = node
  const rows = tableRows(node, services)
  const emit = emitAggregate(node, forward, services, keyIdentity(spec.keySerde, `${spec.name}-changelog`))
  const dropped = services.counter('records-dropped', node.id)
  const apply = retraction(node, services, (key) => rows.get(key)?.value)
  return (key, value, timestamp) => {
    if (key === null || key === undefined) {
      dropped.value++
      return
    }
    const { newValue, oldValue } = value as Changed<unknown>
    const old = rows.get(key)
    const result = apply(old, newValue, oldValue, key)
    if (result === failed) return
    const time =
      old !== undefined && (newValue !== null || oldValue !== null) ? Math.max(timestamp, old.timestamp) : timestamp
    rows.put(key, result, time)
    emit(key, result, old === undefined ? null : old.value, time, timestamp)
  }
}

type Retraction = (
  old: ValueAndTimestamp<unknown> | undefined,
  newValue: unknown,
  oldValue: unknown,
  key: unknown,
) => unknown

function retraction(
  node: TableAggregateNode,
  services: ProcessorServices,
  stored: (key: unknown) => unknown,
): Retraction {
  const init = node.init as UserFunction | undefined
  const operation = operationOf(init)
  const common = { node, operation, init, valueSerde: node.store.valueSerde, stored }
  const added = aggregateStep({ ...common, aggregator: node.add as UserFunction }, services)
  const subtracted = aggregateStep({ ...common, aggregator: node.subtract as UserFunction }, services)
  return (old, newValue, oldValue, key) => {
    let aggregate = old === undefined ? null : old.value
    let isStored = true
    if (oldValue !== null && aggregate !== null) {
      aggregate = subtracted.next(aggregate, oldValue, key, 0)
      if (aggregate === failed) return failed
      isStored = false
    }
    if (newValue === null) return aggregate
    if (aggregate === null) return added.first(newValue, key)
    return isStored ? added.next(aggregate, newValue, key, 0) : added.nextOfNew(aggregate, newValue, key)
  }
}
