import type { StreamsError } from '../../errors/index.ts'
import type { Clock, RecordOrigin, SinkListener, SinkStats, SinkWriter, TableSinkOptions } from '../../ports/index.ts'
import { closedError } from './connection.ts'
import { FlushEpochs } from './flush-epochs.ts'
import { PartitionRows, settle } from './partition-rows.ts'
import { keyText, type PendingRow } from './pending-row.ts'
import type { RowLayout } from './row-layout.ts'
import { sendQueue, type SendQueue } from './send-queue.ts'
import type { WriteRequests } from './write-requests.ts'

type Counts = { -readonly [Name in keyof SinkStats]: SinkStats[Name] }

/** Pending rows, in multiples of the bounds that start writing, from which on no more are taken. */
const highMark = 4
const lowMark = 2

/**
 * Buffers the rows of one task by partition and writes them in the background: rows wait in `#partitions` until a
 * bound is reached, then their partitions stand in `#queue`, then a request carries them. A row that meets a waiting
 * one of the same primary key may take its place; one that is under way is left alone.
 */
export class TableWriter implements SinkWriter {
  readonly stats: Counts = { writtenRows: 0, rejectedRows: 0, supersededRows: 0, requests: 0, retries: 0 }
  readonly #insert: string
  readonly #layout: RowLayout
  readonly #options: TableSinkOptions
  readonly #listener: SinkListener
  readonly #requests: WriteRequests
  readonly #clock: Clock
  readonly #onAbort: (writer: TableWriter) => void
  readonly #isOrdered: boolean
  readonly #epochs = new FlushEpochs()
  readonly #partitions = new Map<string, PartitionRows>()
  readonly #queue: SendQueue
  #buffered: PartitionRows[] = []
  #bufferedRows = 0
  #bufferedBytes = 0
  #pendingRows = 0
  #pendingBytes = 0
  #cancelAge: (() => void) | undefined
  #stopped: { readonly reason: unknown } | undefined
  #draining: { resolve: () => void; reject: (reason: unknown) => void }[] = []

  constructor(context: {
    readonly insert: string
    readonly layout: RowLayout
    readonly options: TableSinkOptions
    readonly listener: SinkListener
    readonly requests: WriteRequests
    readonly clock: Clock
    readonly onAbort: (writer: TableWriter) => void
  }) {
    this.#insert = context.insert
    this.#layout = context.layout
    this.#options = context.options
    this.#listener = context.listener
    this.#requests = context.requests
    this.#clock = context.clock
    this.#onAbort = context.onAbort
    this.#isOrdered = context.options.writeTime === 'none'
    this.#queue = sendQueue(this.#isOrdered)
  }

  get pendingRows(): number {
    return this.#pendingRows
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  get isFull(): boolean {
    return this.#isAbove(highMark)
  }

  write(row: object, timestamp: number, origin: RecordOrigin): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
    const writeTime = this.#layout.writeTime(timestamp, origin)
    const params = this.#layout.encode(row, writeTime)
    const key = keyText(params, 0, this.#layout.partitionLength)
    let partition = this.#partitions.get(key)
    if (partition === undefined) {
      partition = new PartitionRows(key, this.#layout)
      this.#partitions.set(key, partition)
      this.#buffered.push(partition)
    }
    const bytes = this.#layout.lastBytes
    const waiting = partition.find(params)
    if (waiting !== undefined && this.#merge(waiting, { params, writeTime, bytes, row, origin })) return
    const epoch = this.#epochs.current
    epoch.pending += 1
    partition.add({ query: this.#insert, params, writeTime, bytes, row, origin, epoch })
    this.#pendingRows += 1
    this.#pendingBytes += bytes
    if (!partition.isQueued) this.#countBuffered(bytes)
  }

  drained(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped.reason)
    if (!this.#isAbove(lowMark)) return Promise.resolve()
    this.#startWriting()
    return new Promise((resolve, reject) => {
      this.#draining.push({ resolve, reject })
    })
  }

  flush(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped.reason)
    const ended = this.#epochs.ended()
    this.#startWriting()
    return ended
  }

  abort(): void {
    this.#stop(closedError())
    this.#partitions.clear()
    this.#pendingRows = 0
    this.#pendingBytes = 0
    this.#onAbort(this)
  }

  /** Gives the row the place of a waiting one, or drops it; false if both are needed. */
  #merge(waiting: PendingRow, newer: Omit<PendingRow, 'query' | 'epoch'>): boolean {
    const outcome = this.#isOrdered ? fill(newer.params, waiting.params) : settle(waiting, newer)
    if (outcome === 'both') return false
    this.stats.supersededRows += 1
    if (outcome === 'needless') return true
    this.#pendingBytes += newer.bytes - waiting.bytes
    Object.assign(waiting, newer)
    return true
  }

  #countBuffered(bytes: number): void {
    this.#bufferedRows += 1
    this.#bufferedBytes += bytes
    if (this.#bufferedRows >= this.#options.maxRows || this.#bufferedBytes >= this.#options.maxBytes)
      this.#startWriting()
    else this.#cancelAge ??= this.#clock.schedule(this.#options.everyMs, () => this.#startWriting())
  }

  #startWriting(): void {
    this.#cancelAge?.()
    this.#cancelAge = undefined
    for (const partition of this.#buffered) {
      partition.isQueued = true
      this.#queue.push(partition)
    }
    this.#buffered = []
    this.#bufferedRows = 0
    this.#bufferedBytes = 0
    this.#pump()
  }

  /** Sends as much as the limit allows; what is left goes on when a request ends. */
  #pump(): void {
    if (this.#stopped !== undefined) return
    for (;;) {
      const partition = this.#queue.next()
      if (partition === undefined) return
      if (!this.#requests.tryAcquire(this)) {
        this.#queue.putBack(partition)
        return
      }
      this.#queue.sent(partition.key)
      this.#requests.send(this, partition.key, this.#take(partition))
    }
  }

  /** Rows for one request: of one partition, or of several where that is no detour for any of them. */
  #take(first: PartitionRows): PendingRow[] {
    const { maxBatchRows, maxBatchBytes } = this.#requests
    let rows = this.#takeFrom(first, maxBatchRows, maxBatchBytes)
    let partitions = this.#isOrdered ? 1 : this.#requests.maxPartitions
    if (partitions > 1 && rows.length < maxBatchRows) {
      rows = [...rows]
      let bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
      while (--partitions > 0 && rows.length < maxBatchRows && bytes < maxBatchBytes / 2) {
        const next = this.#queue.next()
        if (next === undefined) break
        for (const row of this.#takeFrom(next, maxBatchRows - rows.length, maxBatchBytes / 2)) {
          rows.push(row)
          bytes += row.bytes
        }
      }
    }
    return rows
  }

  #takeFrom(partition: PartitionRows, maxRows: number, maxBytes: number): PendingRow[] {
    const rows = partition.take(maxRows, maxBytes)
    if (partition.length > 0) this.#queue.push(partition)
    else this.#partitions.delete(partition.key)
    return rows
  }

  /** Called by the requests when a place is free. */
  resume(): void {
    this.#pump()
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  /** Called by the requests for each row that is acknowledged, or refused for good with `error`. */
  rowDone(row: PendingRow, error: StreamsError | undefined): void {
    if (this.#stopped !== undefined) return
    if (error !== undefined && !this.#takeRejection(row, error)) return
    if (error === undefined) this.stats.writtenRows += 1
    else this.stats.rejectedRows += 1
    this.#pendingRows -= 1
    this.#pendingBytes -= row.bytes
    this.#epochs.rowDone(row.epoch)
  }

  /** Called by the requests when all rows of one are done. */
  requestDone(key: string): void {
    this.#queue.done(key)
    if (this.#stopped !== undefined) return
    if (this.#draining.length > 0 && !this.#isAbove(lowMark)) {
      for (const { resolve } of this.#draining.splice(0)) resolve()
    }
  }

  #takeRejection(row: PendingRow, error: StreamsError): boolean {
    try {
      this.#listener.onRejected(row.row, row.origin, error)
      return true
    } catch (thrown) {
      this.#stop(thrown)
      return false
    }
  }

  #stop(reason: unknown): void {
    if (this.#stopped !== undefined) return
    this.#stopped = { reason }
    this.#cancelAge?.()
    this.#requests.forget(this)
    this.#epochs.fail(this.#stopped.reason)
    for (const { reject } of this.#draining.splice(0)) reject(this.#stopped.reason)
  }

  #isAbove(mark: number): boolean {
    return this.#pendingRows >= mark * this.#options.maxRows || this.#pendingBytes >= mark * this.#options.maxBytes
  }
}

/** Without write times the later row wins cell by cell; what it leaves unset comes from the earlier. */
function fill(newer: PendingRow['params'], waiting: PendingRow['params']): 'replaces' {
  for (let index = 0; index < newer.length; index++) newer[index] ??= newer[index] === null ? null : waiting[index]
  return 'replaces'
}
