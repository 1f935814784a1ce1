import type { Report } from './service.ts'

/** Says every few seconds that work is still going on, so that nobody takes it for dead. */
export async function ticking<T>(
  report: Report,
  describe: (seconds: number) => string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now()
  const timer = setInterval(() => report(describe(Math.round((Date.now() - startedAt) / 1000))), 5000)
  timer.unref()
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
