import type { Clock, Logger, TableStore } from '../../ports/index.ts'
import { CassandraConnection } from './connection.ts'
import type { CassandraOptions } from './options.ts'
import { checkOptions } from './check-options.ts'
import { Outage } from './outage.ts'
import { RequestLimit } from './request-limit.ts'
import { CassandraTableReader } from './table-reader.ts'
import { CassandraTableSink } from './table-sink.ts'

export type { CassandraConsistency, CassandraOptions } from './options.ts'

/**
 * Tables in Cassandra. Connects when a sink is opened or a reader is first used; one connection and one limit of
 * requests serve them all. Throws OPTION_INVALID.
 */
export function createCassandraTableStore(
  options: CassandraOptions,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): TableStore {
  checkOptions(options)
  const connection = new CassandraConnection(options, clock)
  const context = {
    connection,
    localDataCenter: options.localDataCenter,
    clock,
    limit: new RequestLimit(options.maxInFlight ?? 256),
    outage: new Outage(clock, logger, connection.addresses),
  }
  const sinks = new Set<CassandraTableSink>()
  return {
    kind: 'cassandra',
    sink(table, sinkOptions) {
      const sink = new CassandraTableSink(table, sinkOptions, context)
      sinks.add(sink)
      return sink
    },
    reader: (table) => new CassandraTableReader(table, connection),
    async close() {
      await Promise.all([...sinks].map((sink) => sink.close()))
      await connection.close()
    },
  }
}
