/** What can go wrong with a local service. */
export type ServicesErrorCode =
  | 'PROVIDER_MISSING'
  | 'MAVEN_FAILED'
  | 'DOCKER_FAILED'
  | 'PORT_TAKEN'
  | 'NOT_REACHABLE'
  | 'START_FAILED'
  | 'NOT_OURS'
  | 'TEMPLATE_INVALID'

export interface ServicesErrorOptions {
  readonly code: ServicesErrorCode
  /** What failed, without a full stop. */
  readonly what: string
  /** What to do next: a sentence. */
  readonly hint: string
  /** Lines of a log that show the cause. */
  readonly logLines?: readonly string[]
  readonly cause?: unknown
}

/** Everything that this package throws: what failed, what to do next, and the log lines that show why. */
export class ServicesError extends Error {
  override readonly name: string = 'ServicesError'
  readonly code: ServicesErrorCode
  readonly what: string
  readonly hint: string

  constructor(options: ServicesErrorOptions) {
    const log = (options.logLines ?? []).map((line) => `\n  | ${line}`).join('')
    super(`${options.what}. ${options.hint}${log}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.what = options.what
    this.hint = options.hint
  }
}
