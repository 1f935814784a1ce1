import { messageOf, StreamsError } from '../errors/index.ts'

/** What was thrown, wrapped unless it is a StreamsError already. */
export function asStreamsError(thrown: unknown): StreamsError {
  if (thrown instanceof StreamsError) return thrown
  return new StreamsError({
    code: 'PROCESS_FAILED',
    what: `Processing failed: ${messageOf(thrown)}`,
    hint: 'This is a fault of Millrace itself or of an adapter; the cause has its stack.',
    cause: thrown,
  })
}
