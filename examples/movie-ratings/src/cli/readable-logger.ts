import type { LogFields, Logger } from 'millrace/ports'

/** Where log lines of people's programs go: one line of text each. */
export interface ReadableLoggerOptions {
  /** What is less than this is left out. */
  readonly level: 'info' | 'warn' | 'error'
  write(line: string): void
}

/** What a person at a terminal knows, or does not look for; the JSON lines have it. */
const leftOut: ReadonlySet<string> = new Set(['app', 'groupId', 'clientId', 'memberId', 'taskId', 'callSite', 'keys'])

const levels = { debug: 0, info: 1, warn: 2, error: 3 } as const

/** Log lines for people at a terminal; programs get JSON lines by default. */
export function createReadableLogger(options: ReadableLoggerOptions, bound: LogFields = {}): Logger {
  const log = (level: keyof typeof levels) => (fields: LogFields, message: string) => {
    if (levels[level] >= levels[options.level]) options.write(lineOf(level, { ...bound, ...fields }, message))
  }
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => createReadableLogger(options, { ...bound, ...fields }),
  }
}

function lineOf(level: string, fields: LogFields, message: string): string {
  const parts = Object.entries(fields)
    .filter(([name, value]) => value !== undefined && value !== null && !leftOut.has(name))
    .map(([name, value]) => `${name}=${textOf(value)}`)
  return `${level === 'info' ? '' : `${level}: `}${message}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.message
  return typeof value === 'string' ? value : JSON.stringify(value)
}
