import type { Clock } from '../ports/clock.ts'

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  yield: () =>
    new Promise((resolve) => {
      setImmediate(resolve)
    }),
}
