import type { KeyValueStore, RangeOptions, StoreChange } from '../ports/state-store.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'
import type { HeldKey } from './held-key.ts'
import { stampOf } from './stamped-bytes.ts'
import type { StoreFile } from './store-file.ts'
import { readHeld, writeHeld } from './value-bytes.ts'
import type { ValueFormat } from './value-format.ts'

// Rows are 'd' and the key's bytes; behind all of them is 'e'.
const dataRow = 'd'
const behindData = 'e'

/** Key-value rows on disk. */
export class PersistentKeyValueStore<K, V> implements KeyValueStore<K, V> {
  readonly name: string
  readonly isPersistent = true
  readonly #file: StoreFile
  readonly #keys: HeldKey<K>
  readonly #values: ValueFormat<V>
  readonly #isLogged: boolean
  /** Row to the time that its deletion would be told with. */
  #changes = new Map<string, number>()

  constructor(name: string, file: StoreFile, keys: HeldKey<K>, values: ValueFormat<V>, isLogged: boolean) {
    this.name = name
    this.#file = file
    this.#keys = keys
    this.#values = values
    this.#isLogged = isLogged
    const kind = values.isTimestamped ? 'timestamped-key-value 1' : 'key-value 1'
    file.begin({ name: kind, numbers: () => [], dropExpired: () => {} })
  }

  get size(): number {
    this.#file.checkOpen()
    return this.#file.rows.count(dataRow)
  }

  get isTimestamped(): boolean {
    return this.#values.isTimestamped
  }

  get pendingBytes(): number {
    return this.#file.rows.dirtyBytes
  }

  get(key: K): V | undefined {
    const held = this.#file.rows.get(this.#rowOf(key))
    return held === undefined ? undefined : readHeld(this.#values, held)
  }

  put(key: K, value: V | null | undefined): void {
    const row = this.#rowOf(key)
    this.#file.checkKey(row, dataRow.length)
    const written = value === null || value === undefined ? undefined : writeHeld(this.#values, value)
    if (written === undefined) {
      this.#delete(row)
      return
    }
    this.#file.rows.set(row, written.held)
    if (this.#isLogged) this.#changes.set(row, written.timestamp)
  }

  putIfAbsent(key: K, value: V): V | undefined {
    const present = this.get(key)
    if (present === undefined) this.put(key, value)
    return present
  }

  delete(key: K): V | undefined {
    const held = this.#delete(this.#rowOf(key))
    return held === undefined ? undefined : readHeld(this.#values, held)
  }

  range(from: K | undefined, to: K | undefined, options?: RangeOptions): Iterable<readonly [K, V]> {
    const low = from === undefined || from === null ? dataRow : this.#rowOf(from)
    // The smallest key behind the last one of the range.
    const high = to === undefined || to === null ? behindData : `${this.#rowOf(to)}\0`
    return this.#scan(low, high, options)
  }

  prefixScan(prefix: Buffer, options?: RangeOptions): Iterable<readonly [K, V]> {
    const low = dataRow + latin1Of(prefix)
    return this.#scan(low, behindPrefix(low), options)
  }

  all(options?: RangeOptions): Iterable<readonly [K, V]> {
    return this.#scan(dataRow, behindData, options)
  }

  takeChanges(): readonly StoreChange[] {
    const taken = this.#changes
    this.#changes = new Map()
    const changes = [...taken].map(([row, deletedAt]) => {
      const key = bytesOf(row.slice(1))
      const held = this.#file.rows.get(row)
      if (held === undefined) return { key, value: null, timestamp: deletedAt }
      const value = bytesOf(held)
      return { key, value, timestamp: this.#timeOf(value) }
    })
    this.#file.seal()
    return changes
  }

  restore(change: StoreChange): void {
    const row = dataRow + latin1Of(change.key)
    this.#file.checkKey(row, dataRow.length)
    if (change.value !== null) this.#timeOf(change.value)
    const held = change.value === null ? null : latin1Of(change.value)
    this.#file.restore(() => this.#file.rows.set(row, held))
  }

  touch(change: StoreChange): void {
    this.#file.checkOpen()
    const row = dataRow + latin1Of(change.key)
    if (this.#isLogged && !this.#changes.has(row)) this.#changes.set(row, change.timestamp)
  }

  close(): void {
    this.#file.close()
  }

  #rowOf(key: K): string {
    this.#file.checkOpen()
    return dataRow + this.#keys.toLatin1(this.#keys.idOf(key))
  }

  #delete(row: string): string | undefined {
    const held = this.#file.rows.get(row)
    if (held === undefined) return undefined
    this.#file.rows.set(row, null)
    if (this.#isLogged) this.#changes.set(row, this.#timeOf(bytesOf(held)))
    return held
  }

  #timeOf(value: Buffer): number {
    return this.#values.isTimestamped ? stampOf(value, this.name) : 0
  }

  *#scan(low: string, high: string, options?: RangeOptions): Generator<readonly [K, V], void, undefined> {
    this.#file.checkOpen()
    for (const [row, held] of this.#file.rows.scan(low, high, options?.reverse)) {
      const key = this.#keys.keyOf(this.#keys.fromBytes(bytesOf(row.slice(1))))
      yield [key, readHeld(this.#values, held)]
    }
  }
}

/** The smallest row that is behind all that begin with `prefix`. */
function behindPrefix(prefix: string): string {
  let end = prefix.length
  while (prefix.charCodeAt(end - 1) === 0xff) end -= 1
  return prefix.slice(0, end - 1) + String.fromCharCode(prefix.charCodeAt(end - 1) + 1)
}
