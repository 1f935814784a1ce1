import type { MapNode } from '../plan/index.ts'
import { unusable, type UserFunction } from './callback.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function map(node: MapNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  return (key, value, timestamp) => {
    let mapped: { readonly key: unknown; readonly value: unknown }
    try {
      const result = mapper({ key, value })
      if (!isRecord(result)) throw unusable('map()', 'an object { key, value }', result)
      mapped = result
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    forward(mapped.key, mapped.value, timestamp)
  }
}

/** Whether a callback gave `{ key, value }`; fields may be null or undefined, but must be there. */
export function isRecord(result: unknown): result is { readonly key: unknown; readonly value: unknown } {
  return typeof result === 'object' && result !== null && 'key' in result && 'value' in result
}
