import { StreamsError } from '../errors/index.ts'

/** A TIMESTAMP_INVALID about something that is not a time. */
export function notAnInstant(value: unknown): StreamsError {
  return new StreamsError({
    code: 'TIMESTAMP_INVALID',
    what: `${String(value)} is not a time`,
    hint: 'Give milliseconds since 1970-01-01T00:00Z as a number.',
  })
}
