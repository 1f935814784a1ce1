import { StreamsError } from '../errors/index.ts'
import type { Clock, Logger } from '../ports/index.ts'

/** What is watched of a task. */
export interface Watched {
  readonly id: string
  /** In words; undefined when it has nothing to do. */
  readonly waitsFor: string | undefined
  /** Changes whenever it gets on. */
  readonly progressMark: string
}

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
  readonly #tasks: () => readonly Watched[]
  readonly #seen = new Map<string, Seen>()
  #cancel: (() => void) | undefined

  constructor(limitMs: number, clock: Clock, logger: Logger, tasks: () => readonly Watched[]) {
    this.#limitMs = limitMs
    this.#clock = clock
    this.#logger = logger
    this.#tasks = tasks
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
    const tasks = this.#tasks()
    for (const { id, waitsFor, progressMark } of tasks) {
      const seen = this.#seen.get(id)
      if (waitsFor === undefined || seen?.mark !== progressMark) {
        this.#seen.set(id, { mark: progressMark, sinceMs: nowMs })
      } else if (nowMs - seen.sinceMs >= this.#limitMs) {
        seen.sinceMs = nowMs
        const error = stalled(id, this.#limitMs, waitsFor)
        this.#logger.error({ code: error.code, taskId: id, waitsFor }, error.message)
      }
    }
    const ids = new Set(tasks.map(({ id }) => id))
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
