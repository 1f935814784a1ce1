import type { CassandraOptions } from '../adapters/cassandra/options.ts'
import type { Clock, Logger, TableSpec, TableStore } from '../ports/index.ts'
import { systemClock } from './system-clock.ts'
import { Table } from './table.ts'

/** Where a table lies: in Cassandra, or in a table store such as that of an embedded server. */
export type TablePlace = { readonly cassandra: CassandraOptions } | { readonly tables: TableStore }

export type OpenTableOptions = TablePlace & {
  /** Default: JSON lines on standard error through pino. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/** Opens a declared table to read it. Connects at the first read, which rejects with SINK_UNREACHABLE if it cannot. */
export async function openTable<T extends TableSpec>(table: T, options: OpenTableOptions): Promise<Table<T>> {
  if ('tables' in options) return new Table(table, options.tables.reader(table), () => Promise.resolve())
  const { createCassandraTableStore } = await import('../adapters/cassandra/index.ts')
  const store = createCassandraTableStore(options.cassandra, {
    clock: options.clock ?? systemClock,
    logger: options.logger ?? (await defaultLogger()),
  })
  return new Table(table, store.reader(table), () => store.close())
}

async function defaultLogger(): Promise<Logger> {
  const { createPinoLogger } = await import('../adapters/pino/index.ts')
  return createPinoLogger()
}
