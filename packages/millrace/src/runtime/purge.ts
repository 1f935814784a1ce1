import { messageOf } from '../errors/index.ts'
import type { Clock, Logger, PartitionOffset, TransportAdmin } from '../ports/index.ts'

const everyMs = 30_000

/** Deletes records of internal topics that have been read and committed, at most every 30 s. */
export class Purge {
  readonly #topics: ReadonlySet<string>
  readonly #admin: TransportAdmin
  readonly #clock: Clock
  readonly #logger: Logger
  #nextMs: number

  constructor(topics: readonly string[], admin: TransportAdmin, clock: Clock, logger: Logger) {
    this.#topics = new Set(topics)
    this.#admin = admin
    this.#clock = clock
    this.#logger = logger
    this.#nextMs = clock.nowMs() + everyMs
  }

  /** Called after a commit. A failure is no harm: the next one covers it. */
  below(committed: readonly PartitionOffset[]): void {
    if (this.#topics.size === 0 || this.#clock.nowMs() < this.#nextMs) return
    this.#nextMs = this.#clock.nowMs() + everyMs
    const done = committed.filter(({ topic, offset }) => this.#topics.has(topic) && offset > 0)
    this.#admin.deleteRecords(done).catch((thrown: unknown) => {
      this.#logger.debug({ error: messageOf(thrown) }, 'Records of internal topics were not deleted')
    })
  }
}
