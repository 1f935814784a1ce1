import type { SplitNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** Forwards to the first branch whose predicate holds. `branches` are the inputs of the branches, in the split's order. */
export function split(node: SplitNode, branches: readonly Forward[], services: ProcessorServices): Forward {
  const predicates = node.branches.map((branch) => branch.predicate as UserFunction | undefined)
  return (key, value, timestamp) => {
    let chosen = -1
    try {
      chosen = predicates.findIndex((predicate) => predicate === undefined || holds(predicate, value, key))
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    branches[chosen]?.(key, value, timestamp)
  }
}

function holds(predicate: UserFunction, value: unknown, key: unknown): boolean {
  const result = predicate(value, key)
  if (result instanceof Promise) throw promiseReturned('split()')
  return Boolean(result)
}
