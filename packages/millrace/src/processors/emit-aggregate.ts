import { change } from './change.ts'
import { emitChanges } from './emit-changes.ts'
import type { KeyIdentity } from './key-identity.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** Sends an aggregate on; `recordTime` is the time of the record that changed it, `timestamp` that of the aggregate. */
export type EmitAggregate = (
  key: unknown,
  newValue: unknown,
  oldValue: unknown,
  timestamp: number,
  recordTime: number,
) => void

/**
 * The last step of an aggregation, which always knows what it replaces. A deletion has the aggregate's time; out of a
 * record cache, where no aggregate with a time is left, that of its record (as in Kafka Streams).
 */
export function emitAggregate(
  { cacheBytes }: { readonly cacheBytes: number },
  forward: Forward,
  services: ProcessorServices,
  identify: (key: unknown) => KeyIdentity,
): EmitAggregate {
  if (cacheBytes === 0) {
    return (key, newValue, oldValue, timestamp) => forward(key, change(newValue, oldValue), timestamp)
  }
  const emit = emitChanges({ cacheBytes, sendsOldValues: true }, forward, services, identify)
  return (key, newValue, oldValue, timestamp, recordTime) =>
    emit(key, newValue, oldValue, newValue === null ? recordTime : timestamp)
}
