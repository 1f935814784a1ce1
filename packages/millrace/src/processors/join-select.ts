import type { PlanNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { ProcessorServices } from './processor.ts'

/** What a join's callback gives when it threw: that has been dealt with, and the record ends here. */
export const noResult: unique symbol = Symbol('no result')

/** Calls the `select` of a join: with undefined for an absent side, and giving null where it gives nothing. */
export function joinSelect(
  node: PlanNode,
  operation: string,
  select: UserFunction,
  services: ProcessorServices,
): (left: unknown, right: unknown, key: unknown) => unknown {
  return (left, right, key) => {
    try {
      const result = select(left, right, key)
      if (result instanceof Promise) throw promiseReturned(operation)
      return result === undefined ? null : result
    } catch (thrown) {
      services.threw(node, thrown)
      return noResult
    }
  }
}

/** What joins with tables do without a `select`. */
export function withRow(value: unknown, row: unknown): unknown {
  return Object.assign({}, value, row)
}
