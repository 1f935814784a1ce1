import type { StreamStreamJoinNode } from '../plan/index.ts'
import type { KeyValueStoreSpec } from '../plan/store-spec.ts'
import type { KeyValueStore } from '../ports/state-store.ts'
import { joinSideKey, joinSideValues, type JoinSideKey, type JoinSideValues } from '../serde/join-side.ts'
import type { ProcessorServices } from './processor.ts'

/** Sends on a record that matched nothing while its window was open. */
export type EmitUnmatched = (at: JoinSideKey, value: unknown) => void

/**
 * Records of a left or outer join that have not matched yet, of both sides, by (time, right before left, key). One is
 * let go when stream time is past the end of its window and the grace: at `time + lookahead(side) + grace < now`.
 */
export class UnmatchedRecords {
  readonly #store: KeyValueStore<JoinSideKey, JoinSideValues>
  readonly #emit: EmitUnmatched
  readonly #openMs: { readonly left: number; readonly right: number; readonly shortest: number }
  /** Until then nothing can have closed: a lower bound, so that most records need no look into the store. */
  #openUntil = Number.NEGATIVE_INFINITY

  constructor(node: StreamStreamJoinNode, spec: KeyValueStoreSpec, services: ProcessorServices, emit: EmitUnmatched) {
    this.#store = services.store(unmatchedStore(node, spec)) as KeyValueStore<never, never>
    this.#emit = emit
    const left = node.afterMs + node.graceMs
    const right = node.beforeMs + node.graceMs
    this.#openMs = { left, right, shortest: node.type === 'outer' ? Math.min(left, right) : left }
  }

  add(timestamp: number, isLeft: boolean, key: unknown, value: unknown): void {
    const at = { timestamp, isLeft, key }
    const waiting = this.#store.get(at)
    this.#store.put(at, { isLeft, values: waiting === undefined ? [value] : [...waiting.values, value] })
    this.#openUntil = Math.min(this.#openUntil, this.#closesAfter(at))
  }

  /** Everything that waits there has a match now. */
  remove(timestamp: number, isLeft: boolean, key: unknown): void {
    if (this.#store.size > 0) this.#store.put({ timestamp, isLeft, key }, null)
  }

  letGo(now: number): void {
    if (now <= this.#openUntil) return
    let openUntil = Number.POSITIVE_INFINITY
    for (const [at, waiting] of this.#store.all()) {
      const closesAfter = this.#closesAfter(at)
      if (closesAfter < now) {
        this.#store.put(at, null)
        for (const value of waiting.values) this.#emit(at, value)
        continue
      }
      openUntil = Math.min(openUntil, closesAfter)
      // whatever stands behind is as late or later, on the side that closes first at least
      const restClosesAfter = at.timestamp + this.#openMs.shortest
      if (restClosesAfter >= now) {
        openUntil = Math.min(openUntil, restClosesAfter)
        break
      }
    }
    this.#openUntil = openUntil
  }

  #closesAfter(at: JoinSideKey): number {
    return at.timestamp + (at.isLeft ? this.#openMs.left : this.#openMs.right)
  }
}

function unmatchedStore(node: StreamStreamJoinNode, spec: KeyValueStoreSpec): KeyValueStoreSpec {
  const { leftStore, rightStore } = node
  const valueSerde = joinSideValues(leftStore.valueSerde, rightStore.valueSerde)
  return { ...spec, keySerde: joinSideKey(leftStore.keySerde), valueSerde }
}
