import type { LogFields, Logger } from 'millrace/ports'

/** Log lines of a worker on standard error, which its controller keeps the last of. */
export const lineLogger: Logger = loggerWith({})

function loggerWith(bound: LogFields): Logger {
  const log = (level: string) => (fields: LogFields, message: string) => {
    const all = Object.entries({ ...bound, ...fields })
    const text = all.map(([name, value]) => `${name}=${value instanceof Error ? value.message : JSON.stringify(value)}`)
    process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${level} ${message} ${text.join(' ')}\n`)
  }
  return {
    debug: () => {},
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => loggerWith({ ...bound, ...fields }),
  }
}
