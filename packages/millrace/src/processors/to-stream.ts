import type { ToStreamNode } from '../plan/index.ts'
import type { Change } from './change.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** Every update as a record with its new value, out-of-order ones of versioned tables too. */
export function toStream(_node: ToStreamNode, forward: Forward, _services: ProcessorServices): Forward {
  return (key, value, timestamp) => forward(key, (value as Change).newValue, timestamp)
}
