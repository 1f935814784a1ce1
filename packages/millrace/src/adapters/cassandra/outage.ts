import type { Clock, Logger } from '../../ports/index.ts'
import { driverReason } from './driver-reason.ts'

/** Says once that writes fail, and once that they succeed again, however many requests are concerned. */
export class Outage {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #addresses: string
  #sinceMs: number | undefined
  #lastFailureMs = 0
  #retries = 0

  constructor(clock: Clock, logger: Logger, addresses: string) {
    this.#clock = clock
    this.#logger = logger
    this.#addresses = addresses
  }

  get isOn(): boolean {
    return this.#sinceMs !== undefined
  }

  failed(error: unknown): void {
    this.#lastFailureMs = this.#clock.nowMs()
    this.#retries += 1
    if (this.#sinceMs !== undefined) return
    this.#sinceMs = this.#lastFailureMs
    this.#logger.warn(
      { address: this.#addresses, reason: driverReason(error) },
      'Cassandra does not take writes; they are retried until it does',
    )
  }

  /** `startedMs`: a request that was sent before the last failure proves nothing. */
  succeeded(startedMs: number): void {
    if (this.#sinceMs === undefined || startedMs < this.#lastFailureMs) return
    const lastedMs = this.#clock.nowMs() - this.#sinceMs
    this.#logger.info({ address: this.#addresses, lastedMs, retries: this.#retries }, 'Cassandra takes writes again')
    this.#sinceMs = undefined
    this.#retries = 0
  }
}
