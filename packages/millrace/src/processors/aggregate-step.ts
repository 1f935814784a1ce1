import type { Serde } from '../serde/serde.ts'
import { StreamsError } from '../errors/index.ts'
import type { PlanNode } from '../plan/index.ts'
import { promiseReturned, unusable, type UserFunction } from './callback.ts'
import type { ProcessorServices } from './processor.ts'

/** What a step gives when user code threw: the policy has been applied, and the record goes no further. */
export const failed: unique symbol = Symbol('failed')

/** How a node's callbacks are called: `init` and one aggregator, with their results checked. */
export interface AggregateStep {
  /** The aggregate after the first record of a key or window; null deletes. Without `init` it is the value itself. */
  first(value: unknown, key: unknown): unknown
  /**
   * The aggregate after one record more; null deletes. `stored` looks the aggregate up again by `key` and `place`, for
   * the one case where the aggregator gives back the object that it got.
   */
  next(aggregate: unknown, value: unknown, key: unknown, place: number): unknown
  /** As `next`, of an aggregate that stands in no store yet. */
  nextOfNew(aggregate: unknown, value: unknown, key: unknown): unknown
}

export interface AggregateStepOptions {
  readonly node: PlanNode
  /** As in error messages: `aggregate()`. */
  readonly operation: string
  readonly init: UserFunction | undefined
  readonly aggregator: UserFunction
  readonly valueSerde: Serde<unknown>
  readonly stored: (key: unknown, place: number) => unknown
}

export function aggregateStep(options: AggregateStepOptions, services: ProcessorServices): AggregateStep {
  const { node, operation, init, aggregator, valueSerde, stored } = options
  const bytes = (value: unknown): Buffer | null => valueSerde.serialize(value, node.id)

  const nextOfNew = (aggregate: unknown, value: unknown, key: unknown): unknown => {
    const before = isObject(aggregate) ? bytes(aggregate) : undefined
    const result = checked(aggregator(aggregate, value, key), operation)
    if (before !== undefined && result === aggregate) refuseMutation(before, bytes(result), operation)
    return result
  }
  const guarded = (compute: () => unknown): unknown => {
    try {
      return compute()
    } catch (thrown) {
      services.threw(node, thrown)
      return failed
    }
  }
  return {
    first: (value, key) => {
      if (init === undefined) return value ?? null
      return guarded(() => nextOfNew(initial(init), value, key))
    },
    next: (aggregate, value, key, place) => {
      try {
        const result = checked(aggregator(aggregate, value, key), operation)
        if (result === aggregate && isObject(result)) {
          refuseMutation(bytes(stored(key, place)), bytes(result), operation)
        }
        return result
      } catch (thrown) {
        services.threw(node, thrown)
        return failed
      }
    },
    nextOfNew: (aggregate, value, key) => guarded(() => nextOfNew(aggregate, value, key)),
  }
}

/** What users call the operation: a reduce has no `init`. */
export function operationOf(init: unknown): string {
  return init === undefined ? 'reduce()' : 'aggregate()'
}

/** A user's answer where null means to delete. */
export function checked(result: unknown, operation: string): unknown {
  if (result === undefined) throw unusable(operation, 'the new aggregate, or null to delete it', result)
  return settled(result, operation)
}

/** The first aggregate; null is one, a forgotten return is not. */
export function initial(init: UserFunction): unknown {
  const aggregate = settled(init(), '`init`')
  if (aggregate === undefined) throw unusable('`init`', 'the first aggregate; null is possible', aggregate)
  return aggregate
}

export function settled(result: unknown, operation: string): unknown {
  if (result instanceof Promise) throw promiseReturned(operation)
  return result
}

/** To give an aggregate back as it came is fine, to give it back changed is not: updates carry the old one, too. */
function refuseMutation(before: Buffer | null, after: Buffer | null, operation: string): void {
  if (before === after || (before !== null && after !== null && before.equals(after))) return
  throw new StreamsError({
    code: 'CALLBACK_RESULT_INVALID',
    what: `The callback of ${operation} changed the aggregate that it was given`,
    hint: 'Return a new object: ({ ...aggregate, count: aggregate.count + 1 }).',
  })
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
