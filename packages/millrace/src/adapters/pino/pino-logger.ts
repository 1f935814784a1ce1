import { pino, type DestinationStream, type Logger as Pino, type LoggerOptions } from 'pino'
import { StreamsError } from '../../errors/index.ts'
import type { LogFields, Logger } from '../../ports/logger.ts'
import { describeError } from './describe-error.ts'
import { prettyDestination } from './pretty-destination.ts'

export interface PinoLoggerOptions {
  /** The least level that is written. Default 'info'. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Lines for people instead of JSON. Default false. */
  readonly pretty?: boolean
  /** Takes whole lines. Default: stderr, because stdout belongs to the program. */
  readonly destination?: DestinationStream
}

/** A logger that writes JSON lines through pino, at once: a line that was logged is out, even if the process dies next. */
export function createPinoLogger(options: PinoLoggerOptions = {}): Logger {
  const { level = 'info', pretty = false } = options
  const destination = options.destination ?? pino.destination({ fd: 2, sync: true })
  const settings: LoggerOptions = {
    level: checkedLevel(level),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // withPlainErrors has been there already.
    serializers: { err: (value: unknown) => value },
    formatters: { level: (label) => ({ level: label }), log: withPlainErrors },
  }
  return wrap(pino(settings, pretty ? prettyDestination(destination) : destination))
}

function checkedLevel(level: string): string {
  if (['debug', 'info', 'warn', 'error', 'silent'].includes(level)) return level
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `The log level '${level}' is not known`,
    hint: "Use 'debug', 'info', 'warn', 'error' or 'silent'.",
  })
}

function wrap(logger: Pino): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(withPlainErrors(fields))),
  }
}

/** Errors, under whatever name they are logged, as plain objects: JSON alone makes `{}` of them. */
function withPlainErrors(fields: LogFields): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields))
    plain[name] = value instanceof Error ? describeError(value) : value
  return plain
}
