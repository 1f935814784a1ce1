import { StreamsError } from '../../errors/index.ts'
import type { SinkStats, SinkWriter, TableSpec } from '../../ports/index.ts'

/** A sink writer that checks rows against their table and keeps them, in the order written. */
export function recordingWriter(table: TableSpec, rows: object[]): SinkWriter {
  const stats: SinkStats = { writtenRows: 0, rejectedRows: 0, supersededRows: 0, requests: 0, retries: 0 }
  return {
    write(row) {
      rows.push(checkedRow(table, row))
    },
    pendingRows: 0,
    pendingBytes: 0,
    isFull: false,
    drained: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    abort: () => {},
    get stats() {
      return { ...stats, writtenRows: rows.length }
    },
  }
}

/** The columns of the row; throws ROW_INVALID as every adapter does. */
function checkedRow(table: TableSpec, row: object): object {
  const given = row as Readonly<Record<string, unknown>>
  const written: Record<string, unknown> = {}
  for (const [name, column] of Object.entries(table.columns)) {
    const value = given[name]
    const isKey = table.partitionKey.includes(name) || table.clusteringKey.includes(name)
    if (isKey && (value === undefined || value === null)) throw missingKeyPart(table, name)
    if (value === undefined) continue
    if (value !== null) column.encode(value as never)
    written[name] = value
  }
  return written
}

function missingKeyPart(table: TableSpec, column: string): StreamsError {
  return new StreamsError({
    code: 'ROW_INVALID',
    what: `Column '${column}' is part of the primary key and has no value`,
    hint: 'filter() such records out before the sink.',
    table: `${table.keyspace}.${table.table}`,
    column,
  })
}
