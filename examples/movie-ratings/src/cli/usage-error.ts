/** A wrong option on the command line: answered with the usage and exit code 2, without a stack trace. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
