import { Buffer } from 'node:buffer'
import { StreamsError } from '../../errors/index.ts'
import type { Column, RecordOrigin, TableSinkOptions, TableSpec } from '../../ports/index.ts'
import { columnOrder } from './insert-statement.ts'

/** What the driver takes for one cell: undefined leaves it unset, null deletes it. */
export type Cell = string | number | boolean | Buffer | null | undefined

/** Turns rows into the parameters of the INSERT, checked, in column order, the write time last. */
export class RowLayout {
  readonly #table: string
  readonly #names: readonly string[]
  readonly #columns: readonly Column<never, unknown>[]
  readonly #isBigint: readonly boolean[]
  readonly #writeTime: TableSinkOptions['writeTime']
  readonly partitionLength: number
  readonly keyLength: number
  readonly length: number
  /** Size of the last row that was encoded, bytes; about. */
  lastBytes = 0

  constructor(table: TableSpec, options: TableSinkOptions) {
    this.#table = `${table.keyspace}.${table.table}`
    this.#names = columnOrder(table)
    this.#columns = this.#names.map((name) => table.columns[name]!)
    this.#isBigint = this.#columns.map(({ cqlType }) => cqlType === 'bigint')
    this.#writeTime = options.writeTime
    this.partitionLength = table.partitionKey.length
    this.keyLength = this.partitionLength + table.clusteringKey.length
    this.length = this.#names.length
  }

  /** Throws ROW_INVALID, naming the column. */
  encode(row: object, writeTime: number): Cell[] {
    const fields = row as Readonly<Record<string, unknown>>
    const cells: Cell[] = []
    let bytes = 0
    for (let index = 0; index < this.length; index++) {
      const value = fields[this.#names[index]!]
      const cell = value === undefined || value === null ? this.#absent(value, index) : this.#cell(value, index)
      cells.push(cell)
      bytes += 4 + (typeof cell === 'string' ? cell.length : cell instanceof Buffer ? cell.length : 8)
    }
    if (this.#writeTime !== 'none') cells.push(writeTime)
    this.lastBytes = bytes
    return cells
  }

  /**
   * 'record': µs since the epoch, from the record's ms and the offset's last three digits, so that of two rows of one
   * key and ms the later record wins. Limits: where its offset starts a new thousand the earlier one wins; rows of two
   * partitions, or of one record, may have one write time, which Cassandra settles cell by cell in favour of the
   * greater value. The result is the same for every order of writes, replays and retries.
   * 'offset': the offset alone, for times that go back. Nothing else may write such rows, and one partition all of a key.
   */
  writeTime(timestamp: number, { offset }: RecordOrigin): number {
    if (this.#writeTime === 'none') return 0
    if (this.#writeTime === 'offset') {
      if (offset >= 0) return offset
      throw this.#invalid('A row that comes from no record has no offset', "Use writeTime: 'record' for this sink.")
    }
    const writeTime = timestamp * 1_000 + (offset > 0 ? offset % 1_000 : 0)
    if (Number.isSafeInteger(writeTime)) return writeTime
    throw this.#invalid(
      `The record's time ${timestamp} cannot be a write time`,
      "Give records a time in whole ms since the epoch, or use writeTime: 'offset'.",
    )
  }

  #cell(value: unknown, index: number): Cell {
    try {
      const stored = this.#columns[index]!.encode(value as never)
      return this.#isBigint[index] === true ? bigintBytes(stored as bigint) : (stored as Cell)
    } catch (error) {
      throw error instanceof StreamsError ? error.in({ table: this.#table, column: this.#names[index] }) : error
    }
  }

  #absent(value: undefined | null, index: number): undefined | null {
    if (index >= this.keyLength) return value
    throw this.#invalid(
      `Part of the primary key is ${value}`,
      'Filter such records out before the sink, or give them a value.',
      this.#names[index],
    )
  }

  #invalid(what: string, hint: string, column?: string): StreamsError {
    return new StreamsError({ code: 'ROW_INVALID', what, hint, table: this.#table, column })
  }
}

function bigintBytes(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
