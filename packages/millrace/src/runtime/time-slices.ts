import type { Clock } from '../ports/index.ts'

/** A stretch of synchronous work after which everything else that waits (heartbeats, sockets) gets its turn. */
export const sliceMs = 5

/**
 * Lets pieces of synchronous work that several tasks ask for at the same time follow each other at once only while they
 * are short: behind a long one, the event loop has its turn before the next.
 */
export class TimeSlices {
  readonly #clock: Clock
  #isSpent = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async run<T>(work: () => T): Promise<T> {
    while (this.#isSpent) await this.#clock.yield()
    const startedMs = this.#clock.nowMs()
    try {
      return work()
    } finally {
      if (this.#clock.nowMs() - startedMs >= sliceMs) this.#spend()
    }
  }

  #spend(): void {
    this.#isSpent = true
    void this.#clock.yield().then(() => {
      this.#isSpent = false
    })
  }
}
