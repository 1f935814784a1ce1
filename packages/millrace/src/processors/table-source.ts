import type { TableSourceNode } from '../plan/index.ts'
import { cacheBytesOf, emitTable } from './emit-table.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { tableRows } from './table-rows.ts'
import { unstoredView } from './table-view.ts'

/**
 * Makes updates of records: the last one that arrives is the row, whatever its time (a versioned table goes by time).
 * A null key is dropped and counted; a null value deletes. Without a store no old values are known.
 */
export function tableSource(node: TableSourceNode, forward: Forward, services: ProcessorServices): Forward {
  const rows = node.isMaterialized ? tableRows(node, services) : undefined
  if (rows === undefined) services.provideView(node.id, unstoredView)
  const write = emitTable(node, rows, forward, services)
  const dropped = services.counter('records-dropped', node.id)
  const needsOld = node.sendsOldValues === true || cacheBytesOf(node) > 0
  return (key, value, timestamp) => {
    if (key === null || key === undefined) {
      dropped.value++
      return
    }
    const oldValue = needsOld ? (rows?.get(key)?.value ?? null) : null
    write(key, value ?? null, oldValue, timestamp, true)
  }
}
