import { messageOf, StreamsError } from '../errors/index.ts'

/** A failure of the disk or the driver, as a STORE_FAILED about one file or folder. */
export function storeFailed(
  what: string,
  file: string,
  hint: string,
  cause?: unknown,
  storeName?: string,
): StreamsError {
  const reason = cause === undefined ? '' : `: ${messageOf(cause)}`
  return new StreamsError({ code: 'STORE_FAILED', what: `${what}${reason}`, hint, file, storeName, cause })
}
