import type { ForEachNode, PeekNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** `peek` forwards after its action, `forEach` has nothing to forward to. */
export function peek(node: PeekNode | ForEachNode, forward: Forward, services: ProcessorServices): Forward {
  const action = node.action as UserFunction
  return (key, value, timestamp) => {
    try {
      if (action(value, key) instanceof Promise) throw promiseReturned(node.kind === 'peek' ? 'peek()' : 'forEach()')
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    forward(key, value, timestamp)
  }
}
