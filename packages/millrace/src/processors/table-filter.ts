import type { TableFilterNode } from '../plan/index.ts'
import type { ValueAndTimestamp } from '../ports/state-store.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Change } from './change.ts'
import { cacheBytesOf, emitTable } from './emit-table.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { derivedRows } from './readable-rows.ts'
import { tableRows } from './table-rows.ts'
import type { TableView } from './table-view.ts'

type Row = ValueAndTimestamp<unknown>

/**
 * A row that does not pass is a deletion. Where old values are known, a deletion of what never passed is left out; not
 * so below a versioned table, whose readers need to see every version.
 */
export function tableFilter(node: TableFilterNode, forward: Forward, services: ProcessorServices): Forward {
  const test = predicateOf(node, services)
  const passed = (value: unknown, key: unknown): unknown => (value !== null && test(value, key) === true ? value : null)
  const parent = services.view(node.parents[0]!)
  const rows = node.isMaterialized ? tableRows(node, services) : undefined
  if (rows === undefined) services.provideView(node.id, filteredView(parent, test))
  const write = emitTable(node, rows, forward, services)
  const sendsOld = node.sendsOldValues === true
  const needsOld = sendsOld || cacheBytesOf(node) > 0
  return (key, value, timestamp) => {
    const { newValue, oldValue, isLatest } = value as Change
    let now = newValue
    if (now !== null) {
      const passes = test(now, key)
      if (passes === undefined) return
      if (!passes) now = null
    }
    let before: unknown = null
    if (needsOld) before = rows === undefined ? passed(oldValue, key) : (rows.get(key)?.value ?? null)
    if (sendsOld && now === null && before === null && !parent.isVersioned) return
    write(key, now, before, timestamp, isLatest)
  }
}

/** Gives undefined when user code threw and the policy lets things go on. */
function predicateOf(
  node: TableFilterNode,
  services: ProcessorServices,
): (value: unknown, key: unknown) => boolean | undefined {
  const predicate = node.predicate as UserFunction
  const { not } = node
  return (value, key) => {
    try {
      const holds = predicate(value, key)
      if (holds instanceof Promise) throw promiseReturned(not ? 'filterNot()' : 'filter()')
      return Boolean(holds) !== not
    } catch (thrown) {
      services.threw(node, thrown)
      return undefined
    }
  }
}

function filteredView(parent: TableView, test: (value: unknown, key: unknown) => boolean | undefined): TableView {
  const passing = (row: Row | undefined, key: unknown): Row | undefined =>
    row !== undefined && test(row.value, key) === true ? row : undefined
  return {
    get isVersioned() {
      return parent.isVersioned
    },
    get: (key) => passing(parent.get(key), key),
    getAsOf: (key, asOf) => passing(parent.getAsOf?.(key, asOf), key),
    get rows() {
      const { rows } = parent
      return rows && derivedRows(rows, passing)
    },
  }
}
