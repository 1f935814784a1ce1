import { StreamsError } from '../errors/index.ts'
import { callSite } from '../plan/index.ts'
import type { TableSinkOptions } from '../ports/sink.ts'
import type { SinkTableOptions } from './options.ts'

/** Fills in the defaults; throws OPTION_INVALID for a value outside its range. */
export function tableSinkOptions(options: SinkTableOptions): TableSinkOptions {
  const filled = {
    everyMs: positive('every', options.every ?? 1_000),
    maxRows: positive('maxRows', options.maxRows ?? 5_000),
    maxBytes: positive('maxBytes', options.maxBytes ?? 4 * 1024 * 1024),
    writeTime: options.writeTime ?? 'record',
  } as const
  return options.ttlSeconds === undefined
    ? filled
    : { ...filled, ttlSeconds: positive('ttlSeconds', options.ttlSeconds) }
}

function positive(option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `sinkCassandra() has ${option}: ${value}`,
    hint: 'Give a number above 0.',
    callSite: callSite(),
  })
}
