import { messageOf } from '../errors/index.ts'
import type { Clock, Logger } from '../ports/index.ts'
import { cleanUnused } from '../state/index.ts'

const everyMs = 600_000
/** As Kafka Streams' `state.cleanup.delay.ms`. */
const olderThanMs = 600_000

/** Removes local stores that nobody has open and nobody has written for ten minutes: of tasks that have moved away. */
export class StateCleaner {
  readonly #where: { readonly stateFolder: string; readonly applicationId: string }
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #keepTaskIds: () => readonly string[]
  #cancel: (() => void) | undefined

  constructor(
    where: { readonly stateFolder: string; readonly applicationId: string },
    clock: Clock,
    logger: Logger,
    keepTaskIds: () => readonly string[],
  ) {
    this.#where = where
    this.#clock = clock
    this.#logger = logger
    this.#keepTaskIds = keepTaskIds
  }

  start(): void {
    this.#cancel = this.#clock.schedule(everyMs, () => {
      this.#clean()
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  #clean(): void {
    const nowMs = this.#clock.nowMs()
    try {
      const removed = cleanUnused({ ...this.#where, keepTaskIds: this.#keepTaskIds(), olderThanMs, nowMs })
      if (removed.length > 0) this.#logger.info({ tasks: removed }, 'Removed local stores that nobody uses')
    } catch (thrown) {
      this.#logger.warn({ error: messageOf(thrown) }, 'Local stores that nobody uses were not removed')
    }
  }
}
