import type { MapValuesNode } from '../plan/index.ts'
import { promiseReturned, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function mapValues(node: MapValuesNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  return (key, value, timestamp) => {
    let mapped: unknown
    try {
      mapped = mapper(value, key)
      if (mapped instanceof Promise) throw promiseReturned('mapValues()')
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    forward(key, mapped, timestamp)
  }
}
