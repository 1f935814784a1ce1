import type { LogFields, Logger } from 'millrace/ports'

const nothing = (): void => {}

function write(fields: LogFields, message: string): void {
  process.stderr.write(`millrace: ${message} ${JSON.stringify(fields)}\n`)
}

/** Says what went wrong, and nothing else: a measured side does not log its work. */
export const warningsLogger: Logger = {
  debug: nothing,
  info: nothing,
  // the example's catalogue lists two films twice, on purpose
  warn: (fields, message) => ('duplicateKeys' in fields ? undefined : write(fields, message)),
  error: write,
  child: () => warningsLogger,
}
