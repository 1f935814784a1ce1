import { StreamsError } from '../../errors/index.ts'
import type {
  Clock,
  RecordOrigin,
  SinkListener,
  SinkStats,
  SinkWriter,
  TableSinkOptions,
  TableSpec,
} from '../../ports/index.ts'
import type { EmbeddedTable } from './embedded-table.ts'
import { keyRefusal } from './embedded-table-key-limit.ts'
import { keyText, rowEncoder, type WrittenRow } from './embedded-table-row.ts'

type Counts = { -readonly [Name in keyof SinkStats]: SinkStats[Name] }

/**
 * Buffers rows as a sink with a server does, so that what was not flushed is lost with its task; writing takes no time
 * and cannot fail, so that it is never full.
 */
export class EmbeddedTableWriter implements SinkWriter {
  readonly stats: Counts = { writtenRows: 0, rejectedRows: 0, supersededRows: 0, requests: 0, retries: 0 }
  readonly #spec: TableSpec
  readonly #table: EmbeddedTable
  readonly #options: TableSinkOptions
  readonly #clock: Clock
  readonly #onAbort: (writer: EmbeddedTableWriter) => void
  readonly #listener: SinkListener
  readonly #encode: ReturnType<typeof rowEncoder>
  readonly #keyLength: number
  #rows: WrittenRow[] = []
  /** The last waiting row of each primary key. */
  #positions = new Map<string, number>()
  #bytes = 0
  #cancelAge: (() => void) | undefined
  #stopped: { readonly reason: unknown } | undefined

  constructor(context: {
    readonly spec: TableSpec
    readonly table: EmbeddedTable
    readonly options: TableSinkOptions
    readonly clock: Clock
    readonly listener: SinkListener
    readonly onAbort: (writer: EmbeddedTableWriter) => void
  }) {
    this.#spec = context.spec
    this.#table = context.table
    this.#options = context.options
    this.#clock = context.clock
    this.#onAbort = context.onAbort
    this.#listener = context.listener
    this.#encode = rowEncoder(context.spec, context.options.writeTime)
    this.#keyLength = context.spec.partitionKey.length + context.spec.clusteringKey.length
  }

  get pendingRows(): number {
    return this.#rows.length
  }

  get pendingBytes(): number {
    return this.#bytes
  }

  get isFull(): boolean {
    return false
  }

  write(row: object, timestamp: number, origin: RecordOrigin): void {
    this.#assertRunning()
    this.#buffer(this.#encode(row, timestamp, origin))
    if (this.#rows.length >= this.#options.maxRows || this.#bytes >= this.#options.maxBytes) this.#apply()
    else this.#cancelAge ??= this.#clock.schedule(this.#options.everyMs, () => this.#apply())
  }

  async drained(): Promise<void> {
    this.#assertRunning()
  }

  async flush(): Promise<void> {
    this.#assertRunning()
    this.#apply()
    this.#assertRunning()
  }

  abort(): void {
    this.#stopped ??= { reason: abortedError() }
    this.#clear()
    this.#onAbort(this)
  }

  #assertRunning(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  #buffer(row: WrittenRow): void {
    const key = keyText(row.cells, 0, this.#keyLength)
    const position = this.#positions.get(key)
    const waiting = position === undefined ? undefined : this.#rows[position]
    if (waiting !== undefined && position !== undefined && this.#settles(row, waiting)) {
      this.stats.supersededRows += 1
      if (row.writeTime === undefined || row.writeTime > waiting.writeTime!) {
        this.#bytes += row.bytes - waiting.bytes
        this.#rows[position] = row.writeTime === undefined ? filled(row, waiting) : row
      }
      return
    }
    this.#positions.set(key, this.#rows.length)
    this.#rows.push(row)
    this.#bytes += row.bytes
  }

  /** Whether one of the two is not needed: the one with the higher write time sets all cells that the other does. */
  #settles(row: WrittenRow, waiting: WrittenRow): boolean {
    if (row.writeTime === undefined || waiting.writeTime === undefined) return true
    if (row.writeTime === waiting.writeTime) return false
    const [newer, older] = row.writeTime > waiting.writeTime ? [row, waiting] : [waiting, row]
    return older.cells.every((cell, index) => cell === undefined || newer.cells[index] !== undefined)
  }

  #apply(): void {
    if (this.#stopped !== undefined || this.#rows.length === 0) return
    this.stats.requests += 1
    const rows = this.#rows
    this.#clear()
    for (const row of rows) this.#put(row)
  }

  #put(row: WrittenRow): void {
    const refusal = keyRefusal(this.#spec, row.cells)
    if (refusal === undefined) {
      this.#table.apply(row, this.#options.ttlSeconds)
      this.stats.writtenRows += 1
      return
    }
    try {
      this.#listener.onRejected(row.row, row.origin, refusal)
      this.stats.rejectedRows += 1
    } catch (thrown) {
      this.#stopped ??= { reason: thrown }
    }
  }

  #clear(): void {
    this.#cancelAge?.()
    this.#cancelAge = undefined
    this.#rows = []
    this.#positions = new Map()
    this.#bytes = 0
  }
}

/** Without write times the later row wins cell by cell; what it leaves unset comes from the earlier. */
function filled(row: WrittenRow, waiting: WrittenRow): WrittenRow {
  return { ...row, cells: row.cells.map((cell, index) => (cell === undefined ? waiting.cells[index] : cell)) }
}

function abortedError(): StreamsError {
  return new StreamsError({
    code: 'SINK_CLOSED',
    what: 'The table store is closed, or its task gave up',
    hint: 'What was not acknowledged is read again by whoever owns the partition next.',
  })
}
