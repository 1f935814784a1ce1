import type { MapValuesAsyncNode } from '../plan/index.ts'
import type { UserFunction } from './callback.ts'
import { OrderedCalls } from './ordered-calls.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function mapValuesAsync(node: MapValuesAsyncNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  const calls = new OrderedCalls(
    {
      call: async (value, key) => mapper(value, key),
      resolved: (result, key, timestamp) => forward(key, result, timestamp),
      rejected: (thrown) => services.threw(node, thrown),
    },
    node.concurrency,
    services,
  )
  return calls.add
}
