import { bytesOf, latin1Of } from './held-bytes.ts'
import { maxLmdbKeyBytes, type LmdbDatabase } from './lmdb-driver.ts'
import type { LmdbEnvironment } from './lmdb-environment.ts'
import { PendingRows } from './pending-rows.ts'

type Row = readonly [key: string, value: string]
type PendingRow = readonly [key: string, value: string | null]

const firstChunkRows = 16
const maxChunkRows = 512

/**
 * A sorted table on disk, and in front of it what was written since the last flush, in two layers:
 *
 *     set → dirty ──seal──► sealed ──flush──► disk, and clean (what is hot, up to `cacheBytes`)
 *
 * A flush brings the sealed rows and nothing newer. Whoever reads sees everything. Keys and values are bytes, held as
 * strings of one character per byte.
 */
export class WriteBack {
  readonly #environment: LmdbEnvironment
  readonly #database: LmdbDatabase
  readonly #cacheBytes: number
  #dirty = new PendingRows()
  #sealed = new PendingRows()
  /** Where `set` writes. */
  #target = this.#dirty
  /** As on disk. */
  #clean = new Map<string, string>()
  #cleanBytes = 0
  readonly #dropped = new Set<string>()

  constructor(environment: LmdbEnvironment, storeName: string, cacheBytes: number) {
    this.#environment = environment
    this.#database = environment.open(storeName)
    this.#cacheBytes = cacheBytes
  }

  /** About what was written since the last seal. */
  get dirtyBytes(): number {
    return this.#dirty.bytes
  }

  get(key: string): string | undefined {
    const pending = this.#pending(key)
    if (pending !== undefined) return pending ?? undefined
    const clean = this.#clean.get(key)
    if (clean !== undefined) return clean
    const stored = this.stored(key)
    if (stored !== undefined) this.#keep(key, stored)
    return stored
  }

  /** null deletes. */
  set(key: string, value: string | null): void {
    const target = this.#target
    if (value === null && typeof target.get(key) === 'string' && !this.#isBelow(key, target)) {
      // It came and went between two flushes: a mark would only be in the way of scans.
      target.delete(key)
    } else target.set(key, value)
  }

  /**
   * `set` writes, for as long as `write` runs, what the next flush is to bring even if nobody seals before it. Not so,
   * and false, when there is something dirty, which is newer.
   */
  setSealed(write: () => void): boolean {
    const isSealed = this.#dirty.size === 0
    if (isSealed) this.#target = this.#sealed
    try {
      write()
    } finally {
      this.#target = this.#dirty
    }
    return isSealed
  }

  /** Whether a row was written and is not on disk yet. */
  isPending(key: string): boolean {
    return typeof this.#pending(key) === 'string'
  }

  seal(): void {
    if (this.#sealed.size === 0) this.#sealed = this.#dirty
    else for (const [key, value] of this.#dirty) this.#sealed.set(key, value)
    this.#dirty = new PendingRows()
    this.#target = this.#dirty
  }

  /** Rows with `from ≤ key < to`. Rows that change meanwhile may or may not show. */
  scan(from: string, to: string, isReverse = false): Generator<Row, void, undefined> {
    return this.#scan(from, to, isReverse, [this.#dirty, this.#sealed])
  }

  /** The same where it is known that nothing was sealed or is on disk. */
  scanDirty(from: string, to: string): Generator<Row, void, undefined> {
    return this.#scan(from, to, false, [this.#dirty], false)
  }

  /** Takes back what was written since the last seal; nothing of this key was sealed or is on disk. */
  forgetDirty(key: string): void {
    this.#dirty.delete(key)
  }

  /** How many keys begin with `prefix`, in a table whose other rows begin with 'm'. */
  count(prefix: string): number {
    return this.#environment.read(() => {
      const { entryCount } = this.#database.getStats() as { entryCount: number }
      let count = entryCount - this.#storedRows('m', 'n', false, maxChunkRows).length
      const add = (key: string, value: string | null): void => {
        if (key.startsWith(prefix)) count += (value === null ? 0 : 1) - (this.#database.doesExist(bytesOf(key)) ? 1 : 0)
      }
      for (const [key, value] of this.#dirty) add(key, value)
      for (const [key, value] of this.#sealed) if (this.#dirty.get(key) === undefined) add(key, value)
      return count
    })
  }

  /** Writes what is sealed into the transaction that is running. `settle` follows when that has succeeded. */
  write(): void {
    this.#dropped.clear()
    for (const [key, value] of this.#sealed) {
      if (value === null) this.#database.removeSync(bytesOf(key))
      else this.#database.putSync(bytesOf(key), bytesOf(value))
    }
  }

  /** Writes one row into the transaction that is running, past what is pending. */
  writeNow(key: string, value: string): void {
    this.#database.putSync(bytesOf(key), bytesOf(value))
  }

  /** The rows in the transaction that is running: what is sealed and written, but nothing newer. */
  scanStored(from: string, to: string): Generator<Row, void, undefined> {
    return this.#scan(from, to, false, [])
  }

  /** Deletes, within the transaction that is running, a row that no reader is given any more. */
  drop(key: string): void {
    this.#database.removeSync(bytesOf(key))
    this.#dropped.add(key)
  }

  /** `isHot`: whether somebody is likely to ask for what was written; then it stays in memory, too. */
  settle(isHot: boolean): void {
    const sealed = this.#sealed
    this.#sealed = new PendingRows()
    for (const [key, value] of sealed) {
      this.#forget(key)
      if (isHot && value !== null && !this.#dropped.has(key)) this.#keep(key, value)
    }
    for (const key of this.#dropped) this.#forget(key)
    this.#dropped.clear()
  }

  /** What is on disk, or in the transaction that is running. */
  stored(key: string): string | undefined {
    if (key.length > maxLmdbKeyBytes) return undefined
    return this.#environment.read(() => {
      const bytes = this.#database.getBinary(bytesOf(key))
      return bytes === undefined ? undefined : latin1Of(bytes)
    })
  }

  #pending(key: string): string | null | undefined {
    const dirty = this.#dirty.get(key)
    return dirty === undefined ? this.#sealed.get(key) : dirty
  }

  /** Whether there is such a row in the layers below. */
  #isBelow(key: string, target: PendingRows): boolean {
    const sealed = target === this.#sealed ? undefined : this.#sealed.get(key)
    if (sealed !== undefined) return sealed !== null
    return this.#clean.has(key) || this.#environment.read(() => this.#database.doesExist(bytesOf(key)))
  }

  #keep(key: string, value: string): void {
    const bytes = key.length + value.length
    if (this.#cleanBytes + bytes > this.#cacheBytes) {
      this.#clean = new Map()
      this.#cleanBytes = 0
      if (bytes > this.#cacheBytes) return
    }
    this.#clean.set(key, value)
    this.#cleanBytes += bytes
  }

  #forget(key: string): void {
    const before = this.#clean.get(key)
    if (before === undefined) return
    this.#cleanBytes -= key.length + before.length
    this.#clean.delete(key)
  }

  *#scan(
    from: string,
    to: string,
    reverse: boolean,
    above: readonly PendingRows[],
    readsDisk = true,
  ): Generator<Row, void, undefined> {
    let low = from
    let high = to
    for (let limit = firstChunkRows; ; limit = Math.min(limit * 4, maxChunkRows)) {
      const layers: (readonly PendingRow[])[] = above.map((rows) => rows.range(low, high, reverse, limit))
      if (readsDisk) layers.push(this.#storedRows(low, high, reverse, limit))
      const [chunk, last] = merged(layers, reverse, limit)
      for (const row of chunk) yield row
      if (last === undefined) return
      if (reverse) high = last
      else low = `${last}\0`
    }
  }

  #storedRows(low: string, high: string, reverse: boolean, limit: number): readonly Row[] {
    // LMDB includes `start` and excludes `end`, and takes bounds only as long as keys: the exact ends are kept here.
    const start = bytesOf((reverse ? high : low).slice(0, maxLmdbKeyBytes))
    const end = bytesOf(reverse ? low.slice(0, Math.min(low.length - 1, maxLmdbKeyBytes)) : high)
    const bounds = end.length > 0 && end.length <= maxLmdbKeyBytes ? { start, end } : { start }
    return this.#environment.read(() => {
      const rows: Row[] = []
      for (const { key, value } of this.#database.getRange({ ...bounds, reverse, limit: limit + 1 })) {
        const at = latin1Of(key)
        if (reverse ? at < low : at >= high) break
        if ((reverse ? at < high : at >= low) && rows.length < limit) rows.push([at, latin1Of(value)])
      }
      return rows
    })
  }
}

/**
 * The next rows of all layers, each of which may have been cut off at `limit`, and where to go on: undefined at the end.
 * Where a key stands in several, the first layer counts.
 */
function merged(
  layers: readonly (readonly PendingRow[])[],
  isReverse: boolean,
  limit: number,
): [readonly Row[], string | undefined] {
  const isBefore = isReverse ? (a: string, b: string) => a > b : (a: string, b: string) => a < b
  let end: string | undefined
  for (const layer of layers) {
    const last = layer.length === limit ? layer[limit - 1]![0] : undefined
    if (last !== undefined && (end === undefined || isBefore(last, end))) end = last
  }
  const heads = layers.map(() => 0)
  const rows: Row[] = []
  for (;;) {
    let next: PendingRow | undefined
    for (let at = 0; at < layers.length; at += 1) {
      const row = layers[at]![heads[at]!]
      if (row !== undefined && (next === undefined || isBefore(row[0], next[0]))) next = row
    }
    if (next === undefined || (end !== undefined && isBefore(end, next[0]))) return [rows, end]
    const [key, value] = next
    for (let at = 0; at < layers.length; at += 1) if (layers[at]![heads[at]!]?.[0] === key) heads[at]! += 1
    if (value !== null) rows.push([key, value])
  }
}
