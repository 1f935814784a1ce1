import type { Clock } from '../../ports/index.ts'

/** The machine's clock, for a server that was not given another. */
export const localClock: Clock = {
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
