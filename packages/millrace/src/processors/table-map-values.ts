import type { TableMapValuesNode } from '../plan/index.ts'
import type { ValueAndTimestamp } from '../ports/state-store.ts'
import { failed } from './aggregate-step.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Change } from './change.ts'
import { emitTable } from './emit-table.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { derivedRows } from './readable-rows.ts'
import { tableRows } from './table-rows.ts'
import type { TableView } from './table-view.ts'

type Mapper = (value: unknown, key: unknown) => unknown

/** A new value per row. Deletions pass without a call; a mapper that gives null deletes. */
export function tableMapValues(node: TableMapValuesNode, forward: Forward, services: ProcessorServices): Forward {
  const map = mapperOf(node, services)
  const rows = node.isMaterialized ? tableRows(node, services) : undefined
  if (rows === undefined) services.provideView(node.id, mappedView(services.view(node.parents[0]!), map))
  const write = emitTable(node, rows, forward, services)
  const sendsOld = node.sendsOldValues === true
  const needsOld = sendsOld || node.cacheBytes > 0
  return (key, value, timestamp) => {
    const { newValue, oldValue, isLatest } = value as Change
    const now = newValue === null ? null : map(newValue, key)
    if (now === failed) return
    let before: unknown = null
    if (rows !== undefined) before = needsOld ? (rows.get(key)?.value ?? null) : null
    else if (sendsOld && oldValue !== null) before = map(oldValue, key)
    if (before === failed) return
    write(key, now, before, timestamp, isLatest)
  }
}

function mapperOf(node: TableMapValuesNode, services: ProcessorServices): Mapper {
  const mapper = node.mapper as UserFunction
  return (value, key) => {
    try {
      const mapped = mapper(value, key)
      if (mapped instanceof Promise) throw promiseReturned('mapValues()')
      return mapped ?? null
    } catch (thrown) {
      services.threw(node, thrown)
      return failed
    }
  }
}

function mappedView(parent: TableView, map: Mapper): TableView {
  const mapped = (
    row: ValueAndTimestamp<unknown> | undefined,
    key: unknown,
  ): ValueAndTimestamp<unknown> | undefined => {
    if (row === undefined) return undefined
    const value = map(row.value, key)
    return value === failed || value === null ? undefined : { value, timestamp: row.timestamp }
  }
  return {
    get isVersioned() {
      return parent.isVersioned
    },
    get: (key) => mapped(parent.get(key), key),
    getAsOf: (key, asOf) => mapped(parent.getAsOf?.(key, asOf), key),
    get rows() {
      const { rows } = parent
      return rows && derivedRows(rows, mapped)
    },
  }
}
