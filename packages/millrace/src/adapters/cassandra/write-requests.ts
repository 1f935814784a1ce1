import type driver from 'cassandra-driver'
import { messageOf, StreamsError } from '../../errors/index.ts'
import type { Clock } from '../../ports/index.ts'
import type { Outage } from './outage.ts'
import type { PendingRow } from './pending-row.ts'
import type { RequestLimit } from './request-limit.ts'
import type { TableWriter } from './table-writer.ts'
import { writeFailure } from './write-failure.ts'

const firstRetryMs = 50
const maxRetryMs = 1_000
/** About half a minute. */
const maxUnclearAttempts = 30

/** One request under way: rows of one partition (or of a few), tried until each is written or refused. Holds its place meanwhile. */
interface Request {
  readonly writer: TableWriter
  readonly key: string
  rows: PendingRow[]
  /** After a batch was refused: the rows that are still to be tried, one by one. */
  rest: readonly PendingRow[]
  attempt: number
  /** Sent as text, because preparing failed: so the server says why, or takes it. */
  isPlain: boolean
  startedMs: number
  cancelRetry: (() => void) | undefined
}

/** Sends the rows of all writers of one table, and tries again. */
export class WriteRequests {
  // measured: larger batches gain little, and 32 KiB stays below any server's warning
  readonly maxBatchRows = 100
  readonly maxBatchBytes: number = 32 * 1024
  /**
   * How many partitions may share a request. More than one only where every node has a replica of every row (one node,
   * three nodes with three copies): elsewhere a node would have to pass most of a mixed batch on.
   */
  maxPartitions = 1
  readonly #client: () => driver.Client
  readonly #limit: RequestLimit
  readonly #outage: Outage
  readonly #clock: Clock
  readonly #table: string
  readonly #types: string[]
  readonly #execute: driver.QueryOptions = { prepare: true, isIdempotent: true }
  readonly #batch: driver.QueryOptions = { prepare: true, isIdempotent: true, logged: false }
  readonly #waiting = new Set<TableWriter>()
  readonly #retrying = new Set<Request>()

  constructor(context: {
    readonly client: () => driver.Client
    readonly limit: RequestLimit
    readonly outage: Outage
    readonly clock: Clock
    readonly table: string
    /** Of the parameters of the INSERT, for when it cannot be prepared. */
    readonly types: readonly string[]
  }) {
    this.#client = context.client
    this.#limit = context.limit
    this.#outage = context.outage
    this.#clock = context.clock
    this.#table = context.table
    this.#types = [...context.types]
  }

  /** Takes a place for one request; where there is none, calls `resume` of the writer when there may be. */
  tryAcquire(writer: TableWriter): boolean {
    if (this.#limit.tryAcquire()) return true
    if (this.#waiting.has(writer)) return false
    this.#waiting.add(writer)
    this.#limit.wait(() => {
      this.#waiting.delete(writer)
      writer.resume()
    })
    return false
  }

  send(writer: TableWriter, key: string, rows: PendingRow[]): void {
    this.#try({ writer, key, rows, rest: [], attempt: 0, isPlain: false, startedMs: 0, cancelRetry: undefined })
  }

  /** Forgets the retries of a writer that has stopped. */
  forget(writer: TableWriter): void {
    for (const request of this.#retrying) {
      if (request.writer !== writer) continue
      request.cancelRetry?.()
      this.#retrying.delete(request)
      this.#end(request)
    }
  }

  #try(request: Request): void {
    request.startedMs = this.#clock.nowMs()
    request.writer.stats.requests += 1
    this.#send(request).then(
      () => this.#succeeded(request),
      (error: unknown) => this.#failed(request, error),
    )
  }

  #send({ rows, isPlain }: Request): Promise<unknown> {
    const client = this.#client()
    const [row] = rows
    if (rows.length > 1) {
      const options = isPlain ? { ...this.#batch, prepare: false, hints: rows.map(() => this.#types) } : this.#batch
      return client.batch(rows, options)
    }
    const options = isPlain ? { ...this.#execute, prepare: false, hints: this.#types } : this.#execute
    return client.execute(row!.query, row!.params, options)
  }

  #succeeded(request: Request): void {
    this.#limit.succeeded(request.startedMs, this.#clock.nowMs())
    if (this.#outage.isOn) this.#outage.succeeded(request.startedMs)
    for (const row of request.rows) request.writer.rowDone(row, undefined)
    this.#next(request)
  }

  #failed(request: Request, error: unknown): void {
    if (request.writer.isStopped) return this.#end(request)
    const failure = writeFailure(error)
    request.attempt += 1
    if (failure === 'unprepared') request.isPlain = true
    if (failure === 'refused' || (failure === 'unclear' && request.attempt >= maxUnclearAttempts)) {
      return this.#refused(request, error)
    }
    this.#limit.failed(request.startedMs, this.#clock.nowMs())
    // one busy answer is no outage: the limit sees to it
    if (failure === 'down' || request.attempt > 1) this.#outage.failed(error)
    request.writer.stats.retries += 1
    this.#retrying.add(request)
    request.cancelRetry = this.#clock.schedule(retryDelayMs(request.attempt), () => {
      this.#retrying.delete(request)
      this.#try(request)
    })
  }

  /** One bad row makes its whole batch fail: each is tried alone, in order. */
  #refused(request: Request, error: unknown): void {
    const [row] = request.rows
    if (request.rows.length > 1) request.rest = request.rows
    else request.writer.rowDone(row!, this.#rejection(error))
    this.#next(request)
  }

  #next(request: Request): void {
    const [row, ...rest] = request.rest
    if (row === undefined || request.writer.isStopped) return this.#end(request)
    request.rows = [row]
    request.rest = rest
    request.attempt = 0
    request.isPlain = false
    this.#try(request)
  }

  #end(request: Request): void {
    request.writer.requestDone(request.key)
    this.#limit.release()
    if (!this.#waiting.has(request.writer)) request.writer.resume()
  }

  #rejection(error: unknown): StreamsError {
    return new StreamsError({
      code: 'SINK_WRITE_FAILED',
      what: `Cassandra refuses a row: ${messageOf(error)}`,
      hint: 'Compare the table with its declaration, and the row with the table.',
      table: this.#table,
      cause: error,
    })
  }
}

function retryDelayMs(attempt: number): number {
  return Math.min(maxRetryMs, firstRetryMs * 2 ** (attempt - 1))
}
