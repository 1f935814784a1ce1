import type { Clock } from 'millrace/ports'

/** Resolves after a time, or at once when the signal aborts. */
export function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = withResolver()
  if (signal.aborted) return Promise.resolve()
  signal.addEventListener('abort', resolve)
  const cancel = clock.schedule(delayMs, resolve)
  return promise.finally(() => {
    cancel()
    signal.removeEventListener('abort', resolve)
  })
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}
