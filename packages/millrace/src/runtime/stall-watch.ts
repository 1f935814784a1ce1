import { StreamsError } from '../errors/index.ts'
import type { Clock, Logger } from '../ports/index.ts'
import type { TaskRunner } from './task-runner.ts'

interface Seen {
  readonly mark: string
  sinceMs: number
}

/**
 * Names every task that has something to do and does not advance for the time limit, again and again until it does. It
 * ends nothing: a server that is down is waited for; but nothing waits for ever without saying so.
 */
export class StallWatch {
  readonly #limitMs: number
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #runners: () => readonly TaskRunner[]
  readonly #seen = new Map<string, Seen>()
  #cancel: (() => void) | undefined

  constructor(limitMs: number, clock: Clock, logger: Logger, runners: () => readonly TaskRunner[]) {
    this.#limitMs = limitMs
    this.#clock = clock
    this.#logger = logger
    this.#runners = runners
  }

  start(): void {
    this.#cancel = this.#clock.schedule(this.#limitMs / 4, () => {
      this.#look()
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  #look(): void {
    const nowMs = this.#clock.nowMs()
    const runners = this.#runners()
    for (const runner of runners) {
      const { id } = runner.task
      const reason = runner.waitsFor
      const mark = runner.progressMark
      const seen = this.#seen.get(id)
      if (reason === undefined || seen?.mark !== mark) this.#seen.set(id, { mark, sinceMs: nowMs })
      else if (nowMs - seen.sinceMs >= this.#limitMs) {
        seen.sinceMs = nowMs
        const error = stalled(id, this.#limitMs, reason)
        this.#logger.error({ code: error.code, taskId: id, waitsFor: reason }, error.message)
      }
    }
    const ids = new Set(runners.map(({ task }) => task.id))
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id)
  }
}

function stalled(taskId: string, limitMs: number, reason: string): StreamsError {
  return new StreamsError({
    code: 'TASK_STALLED',
    what: `Task ${taskId} has not advanced for ${limitMs} ms: it waits for ${reason}`,
    hint: 'Look at what it waits for; it goes on by itself when that does. The limit is run(…, { taskTimeout }).',
    taskId,
  })
}
