import type { RangeOptions, StoreChange, WindowStore } from '../ports/state-store.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import { rangeSide } from './range-side.ts'
import { storeClosed } from './store-closed.ts'
import type { TimedRow, TimedTable } from './timed-table.ts'
import { checkTimestamp } from './value-format.ts'
import { windowKeyBytes, windowKeyParts } from './window-key.ts'

export interface WindowStoreSettings {
  readonly name: string
  readonly storage: 'memory' | 'persistent'
  readonly retentionMs: number
  readonly retainDuplicates: boolean
}

/** Windows by key, then start; duplicates are told apart by a running sequence number, as in Kafka Streams. */
export class TimedWindowStore<K, V> implements WindowStore<K, V> {
  readonly name: string
  readonly isPersistent: boolean
  readonly retentionMs: number
  readonly #retainDuplicates: boolean
  readonly #keys: HeldKey<K>
  readonly #table: TimedTable<V>
  #isClosed = false

  constructor(settings: WindowStoreSettings, keys: HeldKey<K>, table: TimedTable<V>) {
    this.name = settings.name
    this.isPersistent = settings.storage === 'persistent'
    this.retentionMs = settings.retentionMs
    this.#retainDuplicates = settings.retainDuplicates
    this.#keys = keys
    this.#table = table
  }

  get expiredPuts(): number {
    return this.#table.expiredPuts
  }

  get observedTime(): number {
    return this.#table.observedTime
  }

  put(key: K, value: V | null, windowStart: number): boolean {
    const id = this.#idOf(key)
    checkTimestamp(windowStart, this.name)
    if (!this.#retainDuplicates) return this.#table.put(id, windowStart, 0, value)
    if (value === null || value === undefined) return windowStart > this.observedTime - this.retentionMs
    return this.#table.put(id, windowStart, this.#table.nextSequence(), value)
  }

  get(key: K, windowStart: number): V | undefined {
    return this.#table.get(this.#idOf(key), windowStart, this.#retainDuplicates ? Number.NEGATIVE_INFINITY : 0)
  }

  fetch(key: K, from: number, to: number, options?: RangeOptions): Iterable<readonly [number, V]> {
    const entries = this.#table.ofKey(this.#idOf(key), from, to)
    if (options?.reverse) entries.reverse()
    return entries.map((row) => [row.time, this.#table.read(row)] as const)
  }

  fetchRange(
    keyFrom: K | undefined,
    keyTo: K | undefined,
    from: number,
    to: number,
    options?: RangeOptions,
  ): Iterable<readonly [K, number, V]> {
    const lowest = keyFrom === undefined || keyFrom === null ? undefined : this.#idOf(keyFrom)
    const highest = keyTo === undefined || keyTo === null ? undefined : this.#idOf(keyTo)
    return this.#scan(rangeSide(this.#keys.compare, lowest, highest), from, to, options)
  }

  all(options?: RangeOptions): Iterable<readonly [K, number, V]> {
    return this.#scan(() => 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, options)
  }

  get pendingBytes(): number {
    return this.#table.pendingBytes
  }

  takeChanges(): readonly StoreChange[] {
    return this.#table.takeChanges((row) => windowKeyBytes(this.#keys.toBytes(row.id), row.time, row.minor))
  }

  restore(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const { key, start, sequence } = windowKeyParts(change.key, this.name)
    this.#table.restore(this.#keys.fromBytes(key), start, sequence, change)
  }

  touch(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const { key, start, sequence } = windowKeyParts(change.key, this.name)
    this.#table.touch(this.#keys.fromBytes(key), start, sequence, change)
  }

  close(): void {
    this.#isClosed = true
    this.#table.clear()
  }

  #idOf(key: K): KeyId {
    if (this.#isClosed) throw storeClosed(this.name)
    return this.#keys.idOf(key)
  }

  *#scan(
    side: (id: KeyId) => number,
    from: number,
    to: number,
    options?: RangeOptions,
  ): Generator<readonly [K, number, V], void, undefined> {
    if (this.#isClosed) throw storeClosed(this.name)
    const { compare } = this.#keys
    const byKey = (a: TimedRow, b: TimedRow): number => compare(a.id, b.id) || a.minor - b.minor
    for (const row of this.#table.byTime(from, to, byKey, options?.reverse)) {
      if (side(row.id) === 0) yield [this.#keys.keyOf(row.id), row.time, this.#table.read(row)]
    }
  }
}
