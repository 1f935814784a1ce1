import type { FilterNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function filter(node: FilterNode, forward: Forward, services: ProcessorServices): Forward {
  const predicate = node.predicate as UserFunction
  const { not } = node
  return (key, value, timestamp) => {
    let holds: unknown
    try {
      holds = predicate(value, key)
      if (holds instanceof Promise) throw promiseReturned(not ? 'filterNot()' : 'filter()')
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    if (Boolean(holds) !== not) forward(key, value, timestamp)
  }
}
