import type { TableFilterNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Change } from './change.ts'
import { cacheBytesOf, emitTable } from './emit-table.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { tableRows } from './table-rows.ts'
import type { TableView } from './table-view.ts'

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
  return {
    get isVersioned() {
      return parent.isVersioned
    },
    get: (key) => {
      const row = parent.get(key)
      return row !== undefined && test(row.value, key) === true ? row : undefined
    },
    getAsOf: (key, asOf) => {
      const row = parent.getAsOf?.(key, asOf)
      return row !== undefined && test(row.value, key) === true ? row : undefined
    },
  }
}
