import type { FlatMapNode, FlatMapValuesNode } from '../plan/index.ts'
import { unusable, type UserFunction } from './callback.ts'
import { isRecord } from './map.ts'
import type { Forward, ProcessorServices } from './processor.ts'

export function flatMap(node: FlatMapNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  return (key, value, timestamp) => {
    let mapped: readonly { readonly key: unknown; readonly value: unknown }[]
    try {
      mapped = all('flatMap()', mapper({ key, value })).map((result) => {
        if (!isRecord(result)) throw unusable('flatMap()', 'an iterable of { key, value }', result)
        return result
      })
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    for (const record of mapped) forward(record.key, record.value, timestamp)
  }
}

export function flatMapValues(node: FlatMapValuesNode, forward: Forward, services: ProcessorServices): Forward {
  const mapper = node.mapper as UserFunction
  return (key, value, timestamp) => {
    let mapped: readonly unknown[]
    try {
      mapped = all('flatMapValues()', mapper(value, key))
    } catch (thrown) {
      return services.threw(node, thrown)
    }
    for (const one of mapped) forward(key, one, timestamp)
  }
}

/** Everything that an iterable gives, taken before any of it is forwarded: a generator that throws forwards nothing. */
function all(operation: string, result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result
  if (typeof result === 'object' && result !== null && Symbol.iterator in result) {
    return [...(result as Iterable<unknown>)]
  }
  throw unusable(operation, 'an array or another iterable (not a text)', result)
}
