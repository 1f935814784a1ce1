import { StartupError, StreamsError } from '../../errors/index.ts'

const maxCauses = 5

/** An error as a plain object: type, message, stack, and of a StreamsError also code, hint, context; with its causes. */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  const plain: Record<string, unknown> = { type: error.name, message: error.message }
  if (error instanceof StreamsError) {
    plain['code'] = error.code
    plain['hint'] = error.hint
    if (error.retriable) plain['retriable'] = true
    if (Object.keys(error.context).length > 0) plain['context'] = error.context
    if (error instanceof StartupError) plain['faults'] = error.faults
  } else if ('code' in error) {
    plain['code'] = error.code
  }
  if (error.cause !== undefined && depth < maxCauses) {
    plain['cause'] = error.cause instanceof Error ? describeError(error.cause, depth + 1) : error.cause
  }
  plain['stack'] = error.stack
  return plain
}
