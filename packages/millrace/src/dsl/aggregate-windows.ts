import { StreamsError } from '../errors/index.ts'
import {
  callSite,
  type CalendarWindowsSpec,
  type SessionWindowsSpec,
  type SlidingWindowsSpec,
  type TimeWindowsSpec,
  type UnlimitedWindowsSpec,
} from '../plan/index.ts'
import type { Windowed } from '../ports/state-store.ts'
import { sessionWindowed, windowed } from '../serde/index.ts'
import { type AggregateInput, prepareAggregate } from './aggregate-stream.ts'
import { cacheBytesOf, positiveMs } from './checked-option.ts'
import { KTable } from './k-table.ts'
import { endOf } from './windows.ts'
import type { AggregateOptions, EmitOptions, LateOptions, RetentionOptions } from './stateful-options.ts'

type Callback = (...args: never[]) => unknown
type Windows = TimeWindowsSpec | CalendarWindowsSpec | SlidingWindowsSpec | UnlimitedWindowsSpec

/** Of an aggregation per window. */
export interface WindowedOptions<K, V, A>
  extends AggregateOptions<K, A>, RetentionOptions, EmitOptions, LateOptions<K, V> {}

/** Of an aggregation per session. */
export interface SessionOptions<K, V, A>
  extends AggregateOptions<K, A>, RetentionOptions, EmitOptions, LateOptions<K, V> {}

export function aggregateWindows<K, V, A>(
  operation: string,
  sources: readonly AggregateInput[],
  windows: Windows,
  options: WindowedOptions<K, V, A>,
  init?: () => A,
): KTable<Windowed<K>, A> {
  const { inputs, key, value, fields, aggregators } = prepareAggregate(
    operation,
    sources,
    options as AggregateOptions<never, never>,
  )
  const [first, ...more] = inputs
  const windowSizeMs = sizeOf(windows)
  const retentionMs = retention(options, leastRetention(windows))
  const store = {
    kind: 'window',
    ...fields,
    retentionMs,
    windowSizeMs,
    isTimestamped: true,
    retainDuplicates: false,
  } as const
  const common = {
    aggregators,
    store,
    ...windowedFields(options, windows.kind),
    ...(init === undefined ? {} : { init }),
  }
  const node =
    windows.kind === 'sliding'
      ? ({ kind: 'sliding-aggregate', windows, ...common } as const)
      : ({ kind: 'window-aggregate', windows, ...common } as const)
  return new KTable(first.add(node, operation, options, { key: windowed(key, { end: endOf(windows) }), value }, more))
}

export function aggregateSessions<K, V, A>(
  operation: string,
  sources: readonly AggregateInput[],
  windows: SessionWindowsSpec,
  options: SessionOptions<K, V, A>,
  merger: Callback,
  init?: () => A,
): KTable<Windowed<K>, A> {
  const { inputs, key, value, fields, aggregators } = prepareAggregate(
    operation,
    sources,
    options as AggregateOptions<never, never>,
  )
  const [first, ...more] = inputs
  const retentionMs = retention(options, windows.gapMs + windows.graceMs)
  const node = {
    kind: 'session-aggregate',
    windows,
    merger,
    aggregators,
    store: { kind: 'session', ...fields, retentionMs },
    ...windowedFields(options, windows.kind),
    ...(init === undefined ? {} : { init }),
  } as const
  return new KTable(first.add(node, operation, options, { key: sessionWindowed(key), value }, more))
}

function windowedFields(
  options: EmitOptions & LateOptions<never, never> & { readonly cache?: number },
  kind: string,
): {
  readonly emit: 'on-update' | 'on-window-close'
  readonly cacheBytes: number
  readonly onLate?: Callback
  readonly closeOnIdleMs?: number
} {
  const emit = options.emit ?? 'on-update'
  if (emit === 'on-window-close' && kind === 'unlimited') {
    throw invalid('emit', 'A window without an end never closes.', "Leave out emit: 'on-window-close'.")
  }
  if (options.closeOnIdle !== undefined && emit !== 'on-window-close') {
    const hint = "Add emit: 'on-window-close', or leave closeOnIdle out."
    throw invalid('closeOnIdle', 'Windows that emit every update have nothing left to say when they close', hint)
  }
  return {
    emit,
    // a result that comes once has nothing to gather (Kafka Streams turns the cache off, too)
    cacheBytes: emit === 'on-update' ? cacheBytesOf(options) : 0,
    ...(options.onLate === undefined ? {} : { onLate: options.onLate }),
    ...(options.closeOnIdle === undefined ? {} : { closeOnIdleMs: positiveMs('closeOnIdle', options.closeOnIdle) }),
  }
}

/** Ms; the longest that a window of the calendar can be. */
const longestMs = { hour: 2 * 3_600_000, day: 26 * 3_600_000, week: 170 * 3_600_000, month: 32 * 86_400_000 }

function sizeOf(windows: Windows): number {
  if (windows.kind === 'time') return windows.sizeMs
  if (windows.kind === 'sliding') return windows.differenceMs
  return windows.kind === 'calendar' ? longestMs[windows.unit] : Number.MAX_SAFE_INTEGER
}

function leastRetention(windows: Windows): number {
  if (windows.kind === 'unlimited') return Number.MAX_SAFE_INTEGER
  if (windows.kind === 'sliding') return 2 * windows.differenceMs + windows.graceMs
  return sizeOf(windows) + windows.graceMs
}

/** A window that is yet to be emitted may be as old as its lifetime: one more millisecond keeps it. */
function retention({ retention: given, emit }: RetentionOptions & EmitOptions, leastMs: number): number {
  const moreMs = emit === 'on-window-close' ? 1 : 0
  if (given === undefined) return leastMs + moreMs
  if (positiveMs('retention', given) >= leastMs) return given + moreMs
  throw invalid(
    'retention',
    `retention is ${given} ms, but windows live for ${leastMs} ms (size and grace)`,
    `Give at least ${leastMs}, or leave it out.`,
  )
}

function invalid(option: string, what: string, hint: string): StreamsError {
  return new StreamsError({ code: 'OPTION_INVALID', what: `Option ${option}: ${what}`, hint, callSite: callSite() })
}
