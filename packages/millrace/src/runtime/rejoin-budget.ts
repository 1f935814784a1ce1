import { StreamsError } from '../errors/index.ts'
import type { Clock } from '../ports/index.ts'

const firstDelayMs = 100
const maxDelayMs = 10_000
const maxAttempts = 10

/** How often a member may begin anew without a commit in between, and how long it waits before it does. */
export class RejoinBudget {
  readonly #clock: Clock
  #attempts = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  succeeded(): void {
    this.#attempts = 0
  }

  /** Throws CONSUMER_FAILED when the budget is spent. */
  async wait(error: StreamsError): Promise<void> {
    if (this.#attempts >= maxAttempts) {
      throw new StreamsError({
        code: 'CONSUMER_FAILED',
        what: `Joining anew ${maxAttempts} times in a row brought no commit: ${error.what}`,
        hint: `See the cause. ${error.hint}`,
        cause: error,
      })
    }
    const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** this.#attempts++)
    await new Promise<void>((resolve) => {
      this.#clock.schedule(delayMs, resolve)
    })
  }
}
