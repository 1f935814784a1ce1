import { bytesOf, latin1Of } from './held-bytes.ts'
import { maxLmdbKeyBytes, type LmdbDatabase } from './lmdb-driver.ts'
import type { LmdbEnvironment } from './lmdb-environment.ts'
import { SortedIndex } from './sorted-index.ts'

type Row = readonly [key: string, value: string]

const firstChunkRows = 16
const maxChunkRows = 512

/**
 * A sorted table on disk, and in front of it what was written since the last flush. Keys and values are bytes, held as
 * strings of one character per byte. Rows that are hot stay in memory after a flush, up to `cacheBytes`.
 */
export class WriteBack {
  readonly #environment: LmdbEnvironment
  readonly #database: LmdbDatabase
  readonly #cacheBytes: number
  /** null deletes. */
  #dirty = new Map<string, string | null>()
  #dirtyKeys: SortedIndex<string> | undefined
  #dirtyBytes = 0
  /** As on disk. */
  #clean = new Map<string, string>()
  #cleanBytes = 0

  constructor(environment: LmdbEnvironment, storeName: string, cacheBytes: number) {
    this.#environment = environment
    this.#database = environment.open(storeName)
    this.#cacheBytes = cacheBytes
  }

  /** About what is held for the next flush. */
  get pendingBytes(): number {
    return this.#dirtyBytes
  }

  get(key: string): string | undefined {
    const dirty = this.#dirty.get(key)
    if (dirty !== undefined) return dirty ?? undefined
    const clean = this.#clean.get(key)
    if (clean !== undefined) return clean
    const stored = this.#stored(key)
    if (stored !== undefined) this.#keep(key, stored)
    return stored
  }

  /** null deletes. */
  set(key: string, value: string | null): void {
    const before = this.#dirty.get(key)
    if (value === null && typeof before === 'string' && !this.#isStored(key)) {
      // It came and went between two flushes: a mark would only be in the way of scans.
      this.#dirty.delete(key)
      this.#dirtyKeys?.delete(key)
      this.#dirtyBytes -= key.length + before.length
      return
    }
    if (before === undefined) {
      this.#dirtyKeys?.add(key)
      this.#dirtyBytes += key.length
    }
    this.#dirtyBytes += (value?.length ?? 0) - (before?.length ?? 0)
    this.#dirty.set(key, value)
  }

  /** Whether a row was written since the last flush. */
  isDirty(key: string): boolean {
    return typeof this.#dirty.get(key) === 'string'
  }

  /** Rows with `from ≤ key < to`. Rows that change meanwhile may or may not show. */
  *scan(from: string, to: string, isReverse = false): Generator<Row, void, undefined> {
    let low = from
    let high = to
    for (let rows = firstChunkRows; ; rows = Math.min(rows * 4, maxChunkRows)) {
      const [chunk, last] = this.#chunk(low, high, isReverse, rows)
      for (const row of chunk) yield row
      if (last === undefined) return
      if (isReverse) high = last
      else low = `${last}\0`
    }
  }

  /** How many keys begin with `prefix`, in a table whose other rows begin with 'm'. */
  count(prefix: string): number {
    return this.#environment.read(() => {
      const { entryCount } = this.#database.getStats() as { entryCount: number }
      let count = entryCount - this.#storedRows('m', 'n', false, maxChunkRows).length
      for (const [key, value] of this.#dirty) {
        if (!key.startsWith(prefix)) continue
        count += (value === null ? 0 : 1) - (this.#database.doesExist(bytesOf(key)) ? 1 : 0)
      }
      return count
    })
  }

  /** Writes everything into the transaction that is running. `settle` follows when that has succeeded. */
  write(): void {
    for (const [key, value] of this.#dirty) {
      if (value === null) this.#database.removeSync(bytesOf(key))
      else this.#database.putSync(bytesOf(key), bytesOf(value))
    }
  }

  /** Writes one row into the transaction that is running, past what is pending. */
  writeNow(key: string, value: string): void {
    this.#database.putSync(bytesOf(key), bytesOf(value))
  }

  settle(): void {
    const dirty = this.#dirty
    this.#dirty = new Map()
    this.#dirtyKeys = undefined
    this.#dirtyBytes = 0
    for (const [key, value] of dirty) {
      const before = this.#clean.get(key)
      if (before !== undefined) this.#cleanBytes -= key.length + before.length
      this.#clean.delete(key)
      if (value !== null) this.#keep(key, value)
    }
  }

  /** Deletes on disk, within the transaction that is running, rows that no reader is given any more. */
  drop(key: string): void {
    this.#database.removeSync(bytesOf(key))
    const before = this.#clean.get(key)
    if (before === undefined) return
    this.#cleanBytes -= key.length + before.length
    this.#clean.delete(key)
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

  #isStored(key: string): boolean {
    return this.#clean.has(key) || this.#environment.read(() => this.#database.doesExist(bytesOf(key)))
  }

  #stored(key: string): string | undefined {
    if (key.length > maxLmdbKeyBytes) return undefined
    return this.#environment.read(() => {
      const bytes = this.#database.getBinary(bytesOf(key))
      return bytes === undefined ? undefined : latin1Of(bytes)
    })
  }

  /** The next rows, and where to go on: undefined at the end. */
  #chunk(low: string, high: string, isReverse: boolean, limit: number): [readonly Row[], string | undefined] {
    const stored = this.#storedRows(low, high, isReverse, limit)
    const dirty = this.#dirtyRows(low, high, isReverse, limit)
    const isBefore = isReverse ? (a: string, b: string) => a > b : (a: string, b: string) => a < b
    const ends = [stored, dirty].filter((rows) => rows.length === limit).map((rows) => rows.at(-1)![0])
    const end = ends.length === 2 && isBefore(ends[1]!, ends[0]!) ? ends[1] : ends[0]
    const rows: Row[] = []
    let s = 0
    let d = 0
    while (s < stored.length || d < dirty.length) {
      const fromDirty = d < dirty.length && (s === stored.length || !isBefore(stored[s]![0], dirty[d]![0]))
      const [key, value] = fromDirty ? dirty[d]! : stored[s]!
      if (end !== undefined && isBefore(end, key)) break
      if (s < stored.length && stored[s]![0] === key) s += 1
      if (fromDirty) d += 1
      if (value !== null) rows.push([key, value])
    }
    return [rows, end]
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

  #dirtyRows(low: string, high: string, reverse: boolean, limit: number): (readonly [string, string | null])[] {
    if (this.#dirty.size === 0) return []
    this.#dirtyKeys ??= new SortedIndex((a, b) => (a < b ? -1 : a > b ? 1 : 0), this.#dirty.keys())
    const rows: (readonly [string, string | null])[] = []
    for (const key of this.#dirtyKeys.scan((key) => (key < low ? -1 : key >= high ? 1 : 0), reverse)) {
      rows.push([key, this.#dirty.get(key)!])
      if (rows.length === limit) break
    }
    return rows
  }
}
