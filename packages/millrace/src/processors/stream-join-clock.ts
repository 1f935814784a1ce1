import type { WindowStore } from '../ports/state-store.ts'

/**
 * The stream time that both sides of a stream join share: the largest event time of any record that came, dropped ones
 * included. After a restart it goes on from what the buffers have seen.
 */
export class JoinClock {
  #now = -1
  #buffers: readonly WindowStore<unknown, unknown>[] | undefined

  constructor(buffers: readonly WindowStore<unknown, unknown>[]) {
    this.#buffers = buffers
  }

  get now(): number {
    return this.#now
  }

  advance(timestamp: number): void {
    if (this.#buffers !== undefined) {
      // not in the constructor: buffers are restored after the chain is built
      for (const buffer of this.#buffers) this.#now = Math.max(this.#now, buffer.observedTime)
      this.#buffers = undefined
    }
    if (timestamp > this.#now) this.#now = timestamp
  }
}
