import { notNegativeMs, positiveCount } from './checked-option.ts'

/** When `suppress()` lets a result go. */
export type Suppressed = UntilTimeLimit | UntilWindowCloses

export interface UntilTimeLimit extends BufferBounds {
  readonly kind: 'time-limit'
  readonly waitMs: number
  readonly whenFull: 'emit-early' | 'fail'
}

export interface UntilWindowCloses extends BufferBounds {
  readonly kind: 'window-close'
  readonly whenFull: 'fail'
}

/** How much a suppression buffer may hold. Default: as much as there is. */
export interface BufferBounds {
  readonly maxRecords?: number
  /** Serialised size of keys and values. */
  readonly maxBytes?: number
}

/**
 * At most one update per key and `wait` (ms of stream time): the last one, `wait` after the first. When the buffer is
 * full, the oldest goes early (default), or the app fails.
 */
export function untilTimeLimit(
  wait: number,
  options: BufferBounds & { readonly whenFull?: 'emit-early' | 'fail' } = {},
): UntilTimeLimit {
  checkBounds(options)
  return Object.freeze({
    ...options,
    kind: 'time-limit',
    waitMs: notNegativeMs('wait', wait),
    whenFull: options.whenFull ?? 'emit-early',
  })
}

/** One result per window, when it has closed (its end and its grace have passed). A full buffer fails the app. */
export function untilWindowCloses(options: BufferBounds = {}): UntilWindowCloses {
  checkBounds(options)
  return Object.freeze({ ...options, kind: 'window-close', whenFull: 'fail' })
}

function checkBounds({ maxRecords, maxBytes }: BufferBounds): void {
  if (maxRecords !== undefined) positiveCount('maxRecords', maxRecords)
  if (maxBytes !== undefined) positiveCount('maxBytes', maxBytes)
}
