import type { StreamStreamJoinNode } from '../plan/index.ts'
import type { WindowStore } from '../ports/state-store.ts'
import type { UserFunction } from './callback.ts'
import { joinSelect, noResult } from './join-select.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import { joinBuffer } from './stream-join-buffer.ts'
import { JoinClock } from './stream-join-clock.ts'
import { selfJoin } from './stream-join-self.ts'
import { UnmatchedRecords } from './stream-join-unmatched.ts'

/** What both sides of a join have in common. */
interface Join {
  readonly node: StreamStreamJoinNode
  readonly services: ProcessorServices
  readonly clock: JoinClock
  readonly unmatched: UnmatchedRecords | undefined
  /** Sends on `mine` with `other`, which is undefined for none; false if the callback threw. */
  readonly emit: (isLeft: boolean, mine: unknown, other: unknown, key: unknown, timestamp: number) => boolean
}

interface Side {
  readonly isLeft: boolean
  readonly own: WindowStore<unknown, unknown>
  readonly other: WindowStore<unknown, unknown>
  /** How much earlier and later than a record of this side one of the other may be. */
  readonly beforeMs: number
  readonly afterMs: number
  /** Whether a record without a match is a result too. */
  readonly keepsUnmatched: boolean
}

export function streamStreamJoin(
  node: StreamStreamJoinNode,
  forward: Forward,
  services: ProcessorServices,
): readonly Forward[] {
  const { type, beforeMs, afterMs, unmatchedStore } = node
  if (node.isSelfJoin === true) return [selfJoin(node, forward, services), () => {}]
  const left = services.store(node.leftStore)
  const right = services.store(node.rightStore)
  const select = joinSelect(node, 'joinStream()', node.select as UserFunction, services)
  const emit: Join['emit'] = (isLeft, mine, other, key, timestamp) => {
    const joined = isLeft ? select(mine, other, key) : select(other, mine, key)
    if (joined === noResult) return false
    forward(key, joined, timestamp)
    return true
  }
  const unmatched =
    unmatchedStore === undefined
      ? undefined
      : new UnmatchedRecords(node, unmatchedStore, services, ({ isLeft, key, timestamp }, value) =>
          emit(isLeft, value, undefined, key, timestamp),
        )
  const join = { node, services, clock: new JoinClock([left, right]), unmatched, emit }
  return [
    side(join, { isLeft: true, own: left, other: right, beforeMs, afterMs, keepsUnmatched: type !== 'inner' }),
    side(join, {
      isLeft: false,
      own: right,
      other: left,
      beforeMs: afterMs,
      afterMs: beforeMs,
      keepsUnmatched: type === 'outer',
    }),
  ]
}

function side({ node, services, clock, unmatched, emit }: Join, on: Side): Forward {
  const { isLeft, own, other, beforeMs, afterMs, keepsUnmatched } = on
  const dropped = services.counter('records-dropped', node.id)
  const keep = joinBuffer(isLeft ? node.leftStore : node.rightStore, own, dropped)
  return (key, value, timestamp) => {
    clock.advance(timestamp)
    const isKeyless = key === null || key === undefined
    if (value === null || value === undefined || (isKeyless && !keepsUnmatched)) {
      dropped.value++
      return
    }
    if (isKeyless) {
      emit(isLeft, value, undefined, key, timestamp)
      return
    }
    if (timestamp === clock.now) unmatched?.letGo(timestamp, isLeft)
    const until = Math.max(0, timestamp + afterMs)
    let isMatched = false
    for (const [at, found] of other.fetch(key, Math.max(0, timestamp - beforeMs), until)) {
      isMatched = true
      unmatched?.remove(at, !isLeft, key)
      // by policy the record is left out here: it meets no more of the others, though they may meet it
      if (!emit(isLeft, value, found, key, Math.max(timestamp, at))) break
    }
    if (!isMatched && keepsUnmatched) {
      // its window is over already, grace or not: nobody will wait for it
      if (until < clock.now) emit(isLeft, value, undefined, key, timestamp)
      else unmatched?.add(timestamp, isLeft, key, value)
    }
    // last, so that a record never meets itself
    keep(key, value, timestamp)
  }
}
