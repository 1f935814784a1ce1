import type { Clock, TableStore } from '../../ports/index.ts'
import { localClock } from './local-clock.ts'
import { EmbeddedTable } from './embedded-table.ts'
import { EmbeddedTableReader } from './embedded-table-reader.ts'
import { EmbeddedTableSink } from './embedded-table-sink.ts'

export interface EmbeddedTableOptions {
  /** For `everyMs` and for rows that expire. Default: the machine's. */
  readonly clock?: Clock
}

/**
 * Tables in memory with Cassandra's semantics: write times, unset cells, tombstones, clustering order, truncating
 * averages. A table comes into being when a sink or a reader first names it; what is written stays for as long as the
 * store is referenced, also after `close`.
 */
export function createEmbeddedTableStore({ clock = localClock }: EmbeddedTableOptions = {}): TableStore {
  const tables = new Map<string, EmbeddedTable>()
  const sinks = new Set<EmbeddedTableSink>()
  return {
    kind: 'embedded',
    sink(spec, options) {
      const name = `${spec.keyspace}.${spec.table}`
      const table = tables.get(name) ?? new EmbeddedTable(spec, clock)
      tables.set(name, table)
      const sink = new EmbeddedTableSink(spec, table, options, clock)
      sinks.add(sink)
      return sink
    },
    reader(spec) {
      const name = `${spec.keyspace}.${spec.table}`
      const table = tables.get(name) ?? new EmbeddedTable(spec, clock)
      tables.set(name, table)
      return new EmbeddedTableReader(spec, table)
    },
    async close() {
      await Promise.all([...sinks].map((sink) => sink.close()))
      sinks.clear()
    },
  }
}
