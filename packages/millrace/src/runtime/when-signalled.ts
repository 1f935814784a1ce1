const signals = ['SIGTERM', 'SIGINT'] as const

/**
 * Calls back at the first SIGTERM or SIGINT; from then on the signals have their default effect again, so that a
 * second one ends the process. The result forgets the handlers.
 */
export function whenSignalled(callback: (signal: string) => void): () => void {
  const forget = (): void => {
    for (const signal of signals) process.off(signal, handle)
  }
  const handle = (signal: string): void => {
    forget()
    callback(signal)
  }
  for (const signal of signals) process.on(signal, handle)
  return forget
}
