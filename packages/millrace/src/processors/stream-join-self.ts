import type { StreamStreamJoinNode } from '../plan/index.ts'
import type { UserFunction } from './callback.ts'
import { joinSelect, noResult } from './join-select.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { joinBuffer } from './stream-join-buffer.ts'
import { JoinClock } from './stream-join-clock.ts'

/**
 * The inner join of a stream with itself, on one buffer. Gives what two buffers would give: the record with those
 * before it, then those with the record, and the pair of the record with itself at its place in time, unless the record
 * is too old to be kept. The second look-up is one of a buffer that has the record already, so it may have let others
 * expire.
 */
export function selfJoin(node: StreamStreamJoinNode, forward: Forward, services: ProcessorServices): Forward {
  const { beforeMs, afterMs, leftStore } = node
  const dropped = services.counter('records-dropped', node.id)
  const store = services.store(leftStore)
  const keep = joinBuffer(leftStore, store, dropped)
  const clock = new JoinClock([store])
  const select = joinSelect(node, 'joinStream()', node.select as UserFunction, services)
  /** False if the callback threw. */
  const emit = (left: unknown, right: unknown, key: unknown, timestamp: number): boolean => {
    const joined = select(left, right, key)
    if (joined === noResult) return false
    forward(key, joined, timestamp)
    return true
  }
  // each ends where the callback throws: by policy the record is left out there
  const asLeft: Forward = (key, value, timestamp) => {
    const until = Math.max(0, timestamp + afterMs)
    for (const [at, other] of store.fetch(key, Math.max(0, timestamp - beforeMs), until)) {
      if (!emit(value, other, key, Math.max(timestamp, at))) return
    }
  }
  const asRight: Forward = (key, value, timestamp) => {
    const keptFrom = clock.now - leftStore.retentionMs + 1
    const from = Math.max(0, timestamp - afterMs, keptFrom)
    let isSelfDue = timestamp >= keptFrom
    for (const [at, other] of store.fetch(key, from, Math.max(0, timestamp + beforeMs))) {
      if (isSelfDue && at > timestamp) {
        isSelfDue = false
        if (!emit(value, value, key, timestamp)) return
      }
      if (!emit(other, value, key, Math.max(timestamp, at))) return
    }
    if (isSelfDue) emit(value, value, key, timestamp)
  }
  return (key, value, timestamp) => {
    if (key === null || key === undefined || value === null || value === undefined) {
      dropped.value++
      return
    }
    clock.advance(timestamp)
    asLeft(key, value, timestamp)
    asRight(key, value, timestamp)
    keep(key, value, timestamp)
  }
}
