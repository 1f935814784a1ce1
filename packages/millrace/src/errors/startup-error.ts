import type { ErrorCode } from './codes.ts'
import { StreamsError } from './streams-error.ts'

/** One thing that is wrong with a configuration, found before any record is read. */
export interface StartupFault {
  readonly code: ErrorCode
  /** What it is about, e.g. `topic test`, `table netflix_ks.movie_ratings`, `films.csv:17`. */
  readonly where: string
  /** What is wrong, without a full stop. */
  readonly what: string
  /** What to do next: a sentence. */
  readonly hint: string
}

/** Thrown by `run()` when the start-up check finds faults: all of them at once, before the group is joined. */
export class StartupError extends StreamsError {
  override readonly name: string = 'StartupError'
  readonly faults: readonly StartupFault[]

  constructor(topology: string, faults: readonly StartupFault[]) {
    const lines = faults.map((fault) => `\n  - ${fault.where}: ${fault.what}. ${fault.hint}`)
    super({
      code: 'STARTUP_CHECK_FAILED',
      what: `Cannot start: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} found`,
      hint: `Mend what is listed and start again:${lines.join('')}`,
      topology,
    })
    this.faults = faults
  }
}
