import { type ErrorCode, type ErrorContext, messageOf, StreamsError } from '../../errors/index.ts'
import type { AppState } from '../lifecycle.ts'
import type { CounterReading } from '../metrics-registry.ts'
import type { RunOptions } from '../run-options.ts'

/** A topology that a thread can load by itself: functions do not cross into it. */
export interface TopologyModule {
  /** e.g. `new URL('./topology.js', import.meta.url)`: a built file. */
  readonly module: URL | string
  /** The name that it exports the topology by. Default: the default export. */
  readonly export?: string
}

/** Options of `run()` that can be copied to threads: all but live objects. */
export type ThreadRunOptions = Omit<RunOptions, 'embedded' | 'transport' | 'tables' | 'logger' | 'clock' | 'signals'>

/** What a thread is started with. */
export interface ThreadData {
  readonly module: string
  readonly export: string
  readonly options: ThreadRunOptions
}

export interface ThreadError {
  readonly code: ErrorCode
  readonly what: string
  readonly hint: string
  readonly retriable: boolean
  readonly context: ErrorContext
}

export type FromThread =
  | { readonly kind: 'state'; readonly state: AppState }
  | { readonly kind: 'started' }
  | { readonly kind: 'closed'; readonly error?: ThreadError }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly counters?: readonly CounterReading[]
      readonly error?: ThreadError
    }

export type ToThread =
  | { readonly kind: 'close' }
  | { readonly kind: 'caught-up'; readonly id: number }
  | { readonly kind: 'counters'; readonly id: number }

/** What of an error crosses. */
export function writeError(thrown: unknown): ThreadError {
  if (thrown instanceof StreamsError) {
    const { code, what, hint, retriable, context } = thrown
    return { code, what, hint, retriable, context: { ...context } }
  }
  return {
    code: 'THREAD_FAILED',
    what: messageOf(thrown),
    hint: 'See the log of the thread.',
    retriable: false,
    context: {},
  }
}

export function readError({ context, ...rest }: ThreadError): StreamsError {
  return new StreamsError({ ...rest, ...context })
}
