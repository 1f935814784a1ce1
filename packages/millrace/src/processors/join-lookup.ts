import type { JoinLookupNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function joinLookup(node: JoinLookupNode, forward: Forward, services: ProcessorServices): Forward {
  const on = node.on as UserFunction
  const select = (node.select ?? withRow) as UserFunction
  const table = services.lookup(node.table)
  const isInner = node.type === 'inner'
  const dropped = services.counter('records-dropped', node.id)
  const noRow: readonly unknown[] = [undefined]
  return (key, value, timestamp) => {
    let rows: readonly unknown[]
    try {
      const wanted = on(value, key)
      if (wanted instanceof Promise) throw promiseReturned('joinTable()')
      rows = table.get(wanted)
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    if (rows.length === 0) {
      if (isInner) {
        dropped.value++
        return
      }
      rows = noRow
    }
    for (let index = 0; index < rows.length; index++) {
      let joined: unknown
      try {
        joined = select(value, rows[index])
        if (joined instanceof Promise) throw promiseReturned('joinTable()')
      } catch (thrown) {
        services.threw(node, thrown)
        continue
      }
      forward(key, joined, timestamp)
    }
  }
}

function withRow(value: object, row: object | undefined): object {
  return Object.assign({}, value, row)
}
