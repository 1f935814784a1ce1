import type { StreamStreamJoinNode } from '../plan/index.ts'
import type { KeyValueStoreSpec } from '../plan/store-spec.ts'
import type { KeyValueStore } from '../ports/state-store.ts'
import type { JoinSideKey, JoinSideValues } from '../serde/join-side.ts'
import type { ProcessorServices } from './processor.ts'

/** A look past more open records than this is not repeated for a while: the reference waits a second after every look. */
const longLook = 1_000
const longLookPauseMs = 1_000

/** Sends on a record that matched nothing while its window was open. */
export type EmitUnmatched = (at: JoinSideKey, value: unknown) => void

/**
 * Records of a left or outer join that have not matched yet, of both sides, by (time, right before left, key). One can
 * be let go when stream time is past the end of its window and the grace: at `time + lookahead(side) + grace < now`.
 *
 * As Kafka Streams does, the store is looked through only when a record finds that the oldest may be due *by the window
 * of its own side*, and what counts as the oldest afterwards is where the last look stopped. So a record may wait longer
 * than its window, never shorter. After a look past very many open records there is none for a second of wall clock.
 */
export class UnmatchedRecords {
  readonly #store: KeyValueStore<JoinSideKey, JoinSideValues>
  readonly #emit: EmitUnmatched
  readonly #isOuter: boolean
  readonly #openMs: { readonly left: number; readonly right: number }
  /** Where the last look stopped, or what has come since if that is older; undefined before the first use. */
  #oldest: number | undefined
  readonly #nowMs: () => number
  /** Wall clock, ms. */
  #noLookBefore = Number.NEGATIVE_INFINITY

  constructor(node: StreamStreamJoinNode, spec: KeyValueStoreSpec, services: ProcessorServices, emit: EmitUnmatched) {
    this.#store = services.store(spec) as KeyValueStore<never, never>
    this.#emit = emit
    this.#nowMs = () => services.nowMs()
    this.#isOuter = node.type === 'outer'
    this.#openMs = { left: node.afterMs + node.graceMs, right: node.beforeMs + node.graceMs }
  }

  add(timestamp: number, isLeft: boolean, key: unknown, value: unknown): void {
    this.#oldest = Math.min(this.#oldest ?? this.#first(), timestamp)
    const at = { timestamp, isLeft, key }
    const waiting = this.#store.get(at)
    this.#store.put(at, { isLeft, values: waiting === undefined ? [value] : [...waiting.values, value] })
  }

  /** Everything that waits there has a match now. */
  remove(timestamp: number, isLeft: boolean, key: unknown): void {
    if (this.#store.size > 0) this.#store.put({ timestamp, isLeft, key }, null)
  }

  /** For a record of that side, which is at stream time. */
  letGo(now: number, isLeft: boolean): void {
    this.#oldest ??= this.#first()
    if (this.#oldest + this.#openOf(isLeft) >= now || this.#nowMs() < this.#noLookBefore) return
    this.#oldest = Number.POSITIVE_INFINITY
    let openRecords = 0
    let isLeftOpen = false
    let isRightOpen = !this.#isOuter
    for (const [at, waiting] of this.#store.all()) {
      this.#oldest = at.timestamp
      if (isLeftOpen && isRightOpen) break
      if (at.timestamp + this.#openOf(at.isLeft) < now) {
        this.#store.put(at, null)
        for (const value of waiting.values) this.#emit(at, value)
        continue
      }
      openRecords++
      if (at.isLeft) isLeftOpen = true
      else isRightOpen = true
    }
    if (openRecords > longLook) this.#noLookBefore = this.#nowMs() + longLookPauseMs
    // under left the look has no second side to find: it goes to the end
    if (isLeftOpen && !this.#isOuter)
      for (const [at] of this.#store.all({ reverse: true })) {
        this.#oldest = at.timestamp
        break
      }
  }

  #first(): number {
    for (const [at] of this.#store.all()) return at.timestamp
    return Number.POSITIVE_INFINITY
  }

  #openOf(isLeft: boolean): number {
    return isLeft ? this.#openMs.left : this.#openMs.right
  }
}
