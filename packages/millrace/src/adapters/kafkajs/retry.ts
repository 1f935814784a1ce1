import type { Clock } from '../../ports/index.ts'
import { failureKind } from './kafka-failure.ts'

const firstDelayMs = 50
const longestDelayMs = 1_000

/** The wait before attempt number `attempt` (1 is the first repetition): doubling, at most a second. */
export function backoffMs(attempt: number, firstMs: number = firstDelayMs, longestMs: number = longestDelayMs): number {
  return Math.min(firstMs * 2 ** Math.min(attempt - 1, 16), longestMs)
}

export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(delayMs, resolve)
  })
}

/** Resolves to true when the promise settles within the time, to false when not. Never rejects. */
export function settlesWithin(clock: Clock, promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(limitMs, () => resolve(false))
    const settled = (): void => {
      cancel()
      resolve(true)
    }
    promise.then(settled, settled)
  })
}

export interface RetryOptions {
  /** No new attempt after this time, ms. */
  readonly timeoutMs: number
  /** Throws when going on makes no sense any more. Called before every attempt. */
  readonly check?: () => void
  /** Whether a failure is worth another attempt. Default: transient ones. */
  readonly isRetriable?: (thrown: unknown) => boolean
  /** Called before the wait. */
  readonly onRetry?: (thrown: unknown, attempt: number) => void
}

/** Repeats what may heal. Rejects with the last failure. */
export async function retrying<T>(clock: Clock, options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  const isRetriable = options.isRetriable ?? ((thrown: unknown) => failureKind(thrown) === 'transient')
  const deadline = clock.nowMs() + options.timeoutMs
  for (let count = 1; ; count++) {
    options.check?.()
    try {
      return await attempt()
    } catch (thrown) {
      if (!isRetriable(thrown) || clock.nowMs() >= deadline) throw thrown
      options.onRetry?.(thrown, count)
      await sleep(clock, backoffMs(count))
    }
  }
}
