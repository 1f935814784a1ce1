import { isDeepStrictEqual } from 'node:util'
import type { TableGroupNode } from '../plan/index.ts'
import { settled } from './aggregate-step.ts'
import { unusable, type UserFunction } from './callback.ts'
import { change, type Change } from './change.ts'
import type { Forward, ProcessorServices } from './processor.ts'

interface Row {
  readonly key: unknown
  readonly value: unknown
}

/**
 * Re-keys a table: where the group stays the same, one update that carries both values; else the old group loses the
 * row before the new one gains it. Rows with a null group key or value are left out. Out-of-order updates of a
 * versioned table are left out: the groups hold what the rows are now.
 */
export function tableGroup(node: TableGroupNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  return (key, value, timestamp) => {
    const { newValue, oldValue, isLatest } = value as Change
    if (!isLatest) return
    let gained: Row | undefined
    let lost: Row | undefined
    try {
      gained = newValue === null ? undefined : rowOf(mapper, key, newValue)
      lost = oldValue === null ? undefined : rowOf(mapper, key, oldValue)
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    if (gained !== undefined && lost !== undefined && isSame(gained.key, lost.key)) {
      return forward(gained.key, change(gained.value, lost.value), timestamp)
    }
    if (lost !== undefined) forward(lost.key, change(null, lost.value), timestamp)
    if (gained !== undefined) forward(gained.key, change(gained.value, null), timestamp)
  }
}

function rowOf(mapper: UserFunction, key: unknown, value: unknown): Row | undefined {
  const row = settled(mapper({ key, value }), 'groupBy()')
  if (typeof row !== 'object' || row === null || !('key' in row) || !('value' in row)) {
    throw unusable('groupBy()', '{ key, value }', row)
  }
  return isAbsent(row.key) || isAbsent(row.value) ? undefined : { key: row.key, value: row.value }
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined
}

function isSame(left: unknown, right: unknown): boolean {
  return Object.is(left, right) || (typeof left === 'object' && isDeepStrictEqual(left, right))
}
