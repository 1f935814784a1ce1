import type { ErrorCode } from './codes.ts'

/** Where an error happened, as far as it is known. */
export interface ErrorContext {
  readonly topology?: string | undefined
  readonly taskId?: string | undefined
  readonly node?: string | undefined
  readonly topic?: string | undefined
  readonly partition?: number | undefined
  readonly offset?: number | undefined
  readonly storeName?: string | undefined
  readonly table?: string | undefined
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: string | undefined
  readonly address?: string | undefined
  /** Where in the user's own files the operation was written: `file:line:column`. */
  readonly callSite?: string | undefined
}

export interface StreamsErrorOptions extends ErrorContext {
  readonly code: ErrorCode
  /** What failed, without the place and without a full stop. */
  readonly what: string
  /** What to do next: a sentence. */
  readonly hint: string
  /** Whether doing the same again may succeed. Default false. */
  readonly retriable?: boolean
  readonly cause?: unknown
}

const contextKeys = [
  'topology',
  'taskId',
  'node',
  'topic',
  'partition',
  'offset',
  'storeName',
  'table',
  'file',
  'line',
  'column',
  'address',
  'callSite',
] as const satisfies readonly (keyof ErrorContext)[]

/**
 * Everything that Millrace throws. The message is one line: what failed, where, and what to do next.
 */
export class StreamsError extends Error {
  override readonly name: string = 'StreamsError'
  readonly code: ErrorCode
  readonly what: string
  readonly hint: string
  readonly retriable: boolean
  readonly context: ErrorContext

  constructor(options: StreamsErrorOptions) {
    const context = contextOf(options)
    super(
      describe(options.what, context, options.hint),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = options.code
    this.what = options.what
    this.hint = options.hint
    this.retriable = options.retriable ?? false
    this.context = context
  }

  /** The same error with more of the place filled in; what is already known stays. */
  in(context: ErrorContext): StreamsError {
    return new StreamsError({
      ...context,
      ...this.context,
      code: this.code,
      what: this.what,
      hint: this.hint,
      retriable: this.retriable,
      cause: this.cause,
    })
  }
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return oneLine(text)
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ')
}

function contextOf(options: ErrorContext): ErrorContext {
  const context: Record<string, unknown> = {}
  for (const key of contextKeys) if (options[key] !== undefined) context[key] = options[key]
  return context
}

function describe(what: string, context: ErrorContext, hint: string): string {
  const place = contextKeys.filter((key) => context[key] !== undefined).map((key) => `${key}=${String(context[key])}`)
  return `${oneLine(what)}${place.length > 0 ? ` (${place.join(', ')})` : ''}. ${hint}`
}
