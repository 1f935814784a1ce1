import type { inject } from 'vitest'
import type { LogFields, Logger } from '../../src/ports/index.ts'

/** Where Kafka is: MILLRACE_TEST_KAFKA if set, else what the global setup has started; or why there is none. */
export function kafkaAddresses(injected: typeof inject): { brokers: readonly string[]; skipped: string | undefined } {
  const given = process.env.MILLRACE_TEST_KAFKA
  if (given) return { brokers: given.split(','), skipped: undefined }
  const { kafka } = injected('servers')
  return 'skipped' in kafka ? { brokers: [], skipped: kafka.skipped } : { brokers: kafka.brokers, skipped: undefined }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: LogFields
  readonly message: string
}

/** A logger that keeps what is worth reading, and prints it if MILLRACE_TEST_LOG is set. */
export function quietLogger(lines: LogLine[] = []): Logger {
  const make = (bound: LogFields): Logger => {
    const write =
      (level: LogLine['level']) =>
      (fields: LogFields, message: string): void => {
        const line = { level, fields: { ...bound, ...fields }, message }
        lines.push(line)
        if (process.env.MILLRACE_TEST_LOG) console.log(level, message, JSON.stringify(line.fields))
      }
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => make({ ...bound, ...fields }),
    }
  }
  return make({})
}
