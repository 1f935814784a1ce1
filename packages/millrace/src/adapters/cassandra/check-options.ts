import { StreamsError } from '../../errors/index.ts'
import type { CassandraOptions } from './options.ts'

/** Throws OPTION_INVALID for options that could only fail later, and less clearly. */
export function checkOptions(options: CassandraOptions): void {
  if (options.contactPoints.length === 0) throw invalid('contactPoints is empty', 'Name at least one host.')
  if (options.localDataCenter === '') {
    throw invalid('localDataCenter is empty', "Name it as `nodetool status` does; a single node has 'datacenter1'.")
  }
  const { maxInFlight = 256 } = options
  if (!Number.isInteger(maxInFlight) || maxInFlight < 4 || maxInFlight > 2_048) {
    throw invalid(`maxInFlight is ${maxInFlight}`, 'Give a whole number from 4 to 2,048.')
  }
  for (const name of ['connectTimeoutMs', 'requestTimeoutMs'] as const) {
    const value = options[name] ?? 1
    if (!Number.isFinite(value) || value <= 0) throw invalid(`${name} is ${value}`, 'Give a number of ms above 0.')
  }
}

function invalid(what: string, hint: string): StreamsError {
  return new StreamsError({ code: 'OPTION_INVALID', what: `Cassandra option ${what}`, hint })
}
