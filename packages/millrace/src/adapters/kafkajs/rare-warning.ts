import { messageOf } from '../../errors/index.ts'
import type { Clock, Logger } from '../../ports/index.ts'
import { failureType } from './kafka-failure.ts'

const everyMs = 10_000

/** Says, now and then, that something fails and is tried again: what waits must not do so in silence. */
export class RareWarning {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #afterMs: number
  #failingSinceMs: number | null = null
  #warnedAtMs = Number.NEGATIVE_INFINITY

  /** `afterMs`: how long something must have failed before it is worth a word. */
  constructor(clock: Clock, logger: Logger, afterMs = 0) {
    this.#clock = clock
    this.#logger = logger
    this.#afterMs = afterMs
  }

  failed(message: string, thrown: unknown): void {
    const nowMs = this.#clock.nowMs()
    this.#failingSinceMs ??= nowMs
    if (nowMs - this.#failingSinceMs < this.#afterMs || nowMs - this.#warnedAtMs < everyMs) return
    this.#warnedAtMs = nowMs
    this.#logger.warn({ reason: failureType(thrown), error: messageOf(thrown) }, message)
  }

  /** It works (again). */
  healed(): void {
    this.#failingSinceMs = null
  }
}
