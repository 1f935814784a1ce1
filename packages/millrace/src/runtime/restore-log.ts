import type { Clock, Logger } from '../ports/index.ts'
import type { TaskRunner } from './task-runner.ts'

const everyMs = 1_000

/** Says once a second how restoring goes: records, rate and what remains, of all tasks together. */
export class RestoreLog {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #runners: () => readonly TaskRunner[]
  #cancel: (() => void) | undefined
  #lastDone = 0

  constructor(clock: Clock, logger: Logger, runners: () => readonly TaskRunner[]) {
    this.#clock = clock
    this.#logger = logger
    this.#runners = runners
  }

  start(): void {
    if (this.#cancel !== undefined) return
    this.#lastDone = 0
    this.#wait()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #wait(): void {
    this.#cancel = this.#clock.schedule(everyMs, () => {
      const waiting = this.#runners().filter((runner) => !runner.isStarted)
      const done = waiting.reduce((sum, { restore }) => sum + restore.done, 0)
      const total = waiting.reduce((sum, { restore }) => sum + restore.total, 0)
      const tasks = waiting.map(({ task }) => task.id)
      const perSecond = Math.max(0, done - this.#lastDone)
      this.#lastDone = done
      this.#logger.info({ tasks, records: done, remaining: total - done, perSecond }, 'Restoring')
      this.#wait()
    })
  }
}
