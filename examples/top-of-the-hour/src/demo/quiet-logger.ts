import type { LogFields, Logger } from 'millrace/ports'

/** Errors for people at a terminal, one line each; the rest is left out. */
export function quietLogger(write: (line: string) => void): Logger {
  const nothing = (): void => {}
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (_fields: LogFields, message) => write(`error: ${message}\n`),
    child: () => quietLogger(write),
  }
}
