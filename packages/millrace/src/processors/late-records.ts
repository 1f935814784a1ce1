import type { PlanNode } from '../plan/index.ts'
import { settled } from './aggregate-step.ts'
import type { UserFunction } from './callback.ts'
import type { ProcessorServices } from './processor.ts'

/** Counts a record that missed a window, and hands it to the user's `onLate`. Called once per window missed. */
export type DropLate = (key: unknown, value: unknown, timestamp: number) => void

export function lateRecords(
  node: PlanNode & { readonly onLate?: (...args: never[]) => unknown },
  services: ProcessorServices,
): DropLate {
  const dropped = services.counter('records-dropped', node.id)
  const onLate = node.onLate as UserFunction | undefined
  return (key, value, timestamp) => {
    dropped.value++
    if (onLate === undefined) return
    try {
      settled(onLate({ key, value, timestamp }), 'onLate')
    } catch (thrown) {
      services.threw(node, thrown)
    }
  }
}
