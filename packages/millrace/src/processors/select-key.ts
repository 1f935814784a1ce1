import type { SelectKeyNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function selectKey(node: SelectKeyNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  return (key, value, timestamp) => {
    let selected: unknown
    try {
      selected = mapper(value, key)
      if (selected instanceof Promise) throw promiseReturned('selectKey()')
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    forward(selected, value, timestamp)
  }
}
