import { emitChanges, type EmitChange } from './emit-changes.ts'
import type { KeyIdentity } from './key-identity.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** The last step of an aggregation, which always knows what it replaces. */
export function emitAggregate(
  node: { readonly cacheBytes: number },
  forward: Forward,
  services: ProcessorServices,
  identify: (key: unknown) => KeyIdentity,
): EmitChange {
  return emitChanges({ cacheBytes: node.cacheBytes, sendsOldValues: true }, forward, services, identify)
}
