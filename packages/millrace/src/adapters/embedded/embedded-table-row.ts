import { Buffer } from 'node:buffer'
import { StreamsError } from '../../errors/index.ts'
import type { RecordOrigin, TableSinkOptions, TableSpec } from '../../ports/index.ts'

/** A row on its way into a table. */
export interface WrittenRow {
  /** In the order of `columnOrder`; undefined where unset, null where deleted. */
  readonly cells: readonly unknown[]
  /** µs; undefined where arrival decides. */
  readonly writeTime: number | undefined
  readonly bytes: number
  readonly row: object
  readonly origin: RecordOrigin
}

/** The columns in the order in which rows are kept: partition key, clustering key, the rest. */
export function columnOrder(table: TableSpec): readonly string[] {
  const key: readonly string[] = [...table.partitionKey, ...table.clusteringKey]
  return [...key, ...Object.keys(table.columns).filter((name) => !key.includes(name))]
}

/** Makes rows of a table out of objects, checked; throws ROW_INVALID, naming the column. */
export function rowEncoder(
  table: TableSpec,
  mode: TableSinkOptions['writeTime'],
): (row: object, timestamp: number, origin: RecordOrigin) => WrittenRow {
  const names = columnOrder(table)
  const columns = names.map((name) => table.columns[name]!)
  const keyLength = table.partitionKey.length + table.clusteringKey.length
  return (row, timestamp, origin) => {
    const writeTime = writeTimeOf(table, mode, timestamp, origin)
    const fields = row as Readonly<Record<string, unknown>>
    const cells: unknown[] = []
    let bytes = 0
    for (let index = 0; index < names.length; index++) {
      const value = fields[names[index]!]
      let cell: unknown = value
      if (value !== undefined && value !== null) {
        try {
          cell = columns[index]!.encode(value as never)
        } catch (error) {
          throw inColumn(error, table, names[index]!)
        }
      } else if (index < keyLength) throw keyMissing(table, names[index]!, value)
      cells.push(cell)
      bytes += 4 + (typeof cell === 'string' || cell instanceof Buffer ? cell.length : 8)
    }
    return { cells, writeTime, bytes, row, origin }
  }
}

/** The cells that name a partition. Throws ROW_INVALID, naming the column. */
export function encodePartition(table: TableSpec, partition: Readonly<Record<string, unknown>>): readonly unknown[] {
  return table.partitionKey.map((name) => {
    try {
      return table.columns[name]!.encode(partition[name] as never)
    } catch (error) {
      throw inColumn(error, table, name)
    }
  })
}

/** Text that two lists of cells share only if they are equal between `from` and `to`. */
export function keyText(cells: readonly unknown[], from: number, to: number): string {
  if (to - from === 1) return cellText(cells[from])
  let text = ''
  for (let index = from; index < to; index++) {
    const part = cellText(cells[index])
    text += `${part.length}:${part}`
  }
  return text
}

export function nameOf(table: TableSpec): string {
  return `${table.keyspace}.${table.table}`
}

/** As the Cassandra sink has it: record time in µs with the offset's last three digits as tie-break. */
function writeTimeOf(
  table: TableSpec,
  mode: TableSinkOptions['writeTime'],
  timestamp: number,
  { offset }: RecordOrigin,
): number | undefined {
  if (mode === 'none') return undefined
  if (mode === 'offset') {
    if (offset >= 0) return offset
    throw invalid(table, 'A row that comes from no record has no offset', "Use writeTime: 'record' for this sink.")
  }
  const writeTime = timestamp * 1_000 + (offset > 0 ? offset % 1_000 : 0)
  if (Number.isSafeInteger(writeTime)) return writeTime
  throw invalid(
    table,
    `The record's time ${timestamp} cannot be a write time`,
    "Give records a time in whole ms since the epoch, or use writeTime: 'offset'.",
  )
}

function cellText(cell: unknown): string {
  return typeof cell === 'string' ? cell : cell instanceof Buffer ? cell.toString('latin1') : String(cell)
}

function keyMissing(table: TableSpec, column: string, value: undefined | null): StreamsError {
  return invalid(
    table,
    `Part of the primary key is ${value}`,
    'Filter such records out before the sink, or give them a value.',
    column,
  )
}

function invalid(table: TableSpec, what: string, hint: string, column?: string): StreamsError {
  return new StreamsError({ code: 'ROW_INVALID', what, hint, table: nameOf(table), column })
}

function inColumn(error: unknown, table: TableSpec, column: string): unknown {
  return error instanceof StreamsError ? error.in({ table: nameOf(table), column }) : error
}
