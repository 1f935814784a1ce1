import type { Clock } from '../../ports/index.ts'
import type { FailureKind } from './kafka-failure.ts'
import type { KafkaSettings } from './options.ts'
import { backoffMs } from './retry.ts'

/** After so much work without a failure, earlier restarts no longer count. */
const forgiveAfterMs = 30_000
const missingTopicMs = 10_000
const reportEveryMs = 30_000

/**
 * How often a consumer may fail. An outage (no connection, no coordinator) is bounded by time and tried every second,
 * so that a broker that comes back is noticed at once; what fails while the cluster answers is bounded by number.
 */
export class RestartBudget {
  readonly #settings: KafkaSettings
  readonly #clock: Clock
  /** Restarts since the last long stretch of work. */
  restarts = 0
  /** Whether the last failure should be reported: the first one, and one now and then. */
  isNew = true
  #counted = 0
  #outages = 0
  #downSinceMs: number | null = null
  #joinedAtMs = 0
  #reportedAtMs = Number.NEGATIVE_INFINITY

  constructor(settings: KafkaSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  joined(): void {
    this.#joinedAtMs = this.#clock.nowMs()
    this.#downSinceMs = null
    this.#outages = 0
    this.#reportedAtMs = Number.NEGATIVE_INFINITY
  }

  served(): void {
    if (this.#clock.nowMs() - this.#joinedAtMs < forgiveAfterMs) return
    this.restarts = 0
    this.#counted = 0
  }

  /** How long to wait before the next start, ms; null when there is to be none. */
  spend(kind: FailureKind): number | null {
    if (kind === 'fatal') return null
    const nowMs = this.#clock.nowMs()
    this.restarts++
    this.isNew = nowMs - this.#reportedAtMs >= reportEveryMs
    if (this.isNew) this.#reportedAtMs = nowMs
    if (kind === 'transient' || kind === 'missing-topic') {
      // The first failure after a join counts as well: joining and failing for ever is not an outage.
      if (this.#downSinceMs === null && ++this.#counted > this.#settings.restartBudget) return null
      this.#downSinceMs ??= nowMs
      const limitMs = kind === 'transient' ? this.#settings.outageTimeoutMs : missingTopicMs
      return nowMs - this.#downSinceMs >= limitMs ? null : backoffMs(++this.#outages, 100, 1_000)
    }
    this.#counted++
    return this.#counted > this.#settings.restartBudget ? null : backoffMs(this.#counted, 100, 10_000)
  }

  describe(kind: FailureKind): string {
    if (kind !== 'transient' || this.#counted > this.#settings.restartBudget) return `${this.#counted} times`
    return `unreachable for ${Math.round(this.#settings.outageTimeoutMs / 1_000)} s`
  }
}
