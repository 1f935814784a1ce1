import type { StreamGlobalJoinNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import { joinSelect, noResult, withRow } from './join-select.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function streamGlobalJoin(node: StreamGlobalJoinNode, forward: Forward, services: ProcessorServices): Forward {
  const isLeft = node.type === 'left'
  const dropped = services.counter('records-dropped', node.id)
  const table = services.view(node.table)
  const on = node.on as UserFunction
  const select = joinSelect(node, 'joinTable()', (node.select ?? withRow) as UserFunction, services)
  return (key, value, timestamp) => {
    if (value === null || value === undefined) {
      dropped.value++
      return
    }
    let tableKey: unknown
    try {
      tableKey = on(value, key)
      if (tableKey instanceof Promise) throw promiseReturned('joinTable()')
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    const isKeyless = tableKey === null || tableKey === undefined
    // Kafka Streams lets a left join keep a record without a table key only if it has no key of its own either
    if (isKeyless && !(isLeft && (key === null || key === undefined))) {
      dropped.value++
      return
    }
    const found = isKeyless ? undefined : table.get(tableKey)
    if (found === undefined && !isLeft) return
    const joined = select(value, found?.value, key)
    if (joined !== noResult) forward(key, joined, timestamp)
  }
}
