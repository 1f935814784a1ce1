import type { WindowStoreSpec } from '../plan/index.ts'
import type { Counter } from '../ports/metrics.ts'
import type { WindowStore } from '../ports/state-store.ts'

/**
 * Keeps a record for the other side of the join. One that is too late to be kept counts as dropped where Kafka Streams
 * counts it: it keeps windows in segments of half the retention, a minute at least, and drops the record once the whole
 * segment is gone. Nobody can read the record in between either, but it may have joined what was there.
 */
export function joinBuffer(
  spec: WindowStoreSpec,
  store: WindowStore<unknown, unknown>,
  dropped: Counter,
): (key: unknown, value: unknown, timestamp: number) => void {
  const segmentMs = Math.max(Math.floor(spec.retentionMs / 2), 60_000)
  return (key, value, timestamp) => {
    if (store.put(key, value, timestamp)) return
    const oldestSegment = Math.floor((store.observedTime - spec.retentionMs) / segmentMs)
    if (Math.floor(timestamp / segmentMs) < oldestSegment) dropped.value++
  }
}
