import type { SessionStore, StoreChange, TimeWindow } from '../ports/state-store.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import { storeClosed } from './store-closed.ts'
import type { TimedRow, TimedTable } from './timed-table.ts'
import { checkTimestamp } from './value-format.ts'
import { sessionKeyBytes, sessionKeyParts } from './window-key.ts'

export interface SessionStoreSettings {
  readonly name: string
  readonly storage: 'memory' | 'persistent'
  readonly retentionMs: number
}

/** Sessions by key, then end, then start. */
export class TimedSessionStore<K, V> implements SessionStore<K, V> {
  readonly name: string
  readonly isPersistent: boolean
  readonly retentionMs: number
  readonly #keys: HeldKey<K>
  readonly #table: TimedTable<V>
  #isClosed = false

  constructor(settings: SessionStoreSettings, keys: HeldKey<K>, table: TimedTable<V>) {
    this.name = settings.name
    this.isPersistent = settings.storage === 'persistent'
    this.retentionMs = settings.retentionMs
    this.#keys = keys
    this.#table = table
  }

  get expiredPuts(): number {
    return this.#table.expiredPuts
  }

  get observedTime(): number {
    return this.#table.observedTime
  }

  put(key: K, window: TimeWindow, value: V | null): boolean {
    const id = this.#idOf(key)
    checkTimestamp(window.start, this.name)
    checkTimestamp(window.end, this.name)
    return this.#table.put(id, window.end, window.start, value)
  }

  get(key: K, start: number, end: number): V | undefined {
    const [row] = this.#table.ofKey(this.#idOf(key), end, end).filter((row) => row.minor === start)
    return row === undefined ? undefined : this.#table.read(row)
  }

  findSessions(key: K, earliestEnd: number, latestStart: number): Iterable<readonly [TimeWindow, V]> {
    const rows = this.#table.ofKey(this.#idOf(key), earliestEnd, Number.POSITIVE_INFINITY)
    return rows
      .filter((row) => row.minor <= latestStart)
      .map((row) => [{ start: row.minor, end: row.time }, this.#table.read(row)] as const)
  }

  *findByEnd(from: number, to: number): Generator<readonly [K, TimeWindow, V], void, undefined> {
    if (this.#isClosed) throw storeClosed(this.name)
    const { compare } = this.#keys
    const byStart = (a: TimedRow, b: TimedRow): number => a.minor - b.minor || compare(a.id, b.id)
    for (const row of this.#table.byTime(from, to, byStart)) {
      yield [this.#keys.keyOf(row.id), { start: row.minor, end: row.time }, this.#table.read(row)]
    }
  }

  all(): Iterable<readonly [K, TimeWindow, V]> {
    return this.findByEnd(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  }

  get pendingBytes(): number {
    return this.#table.pendingBytes
  }

  takeChanges(): readonly StoreChange[] {
    return this.#table.takeChanges((row) => sessionKeyBytes(this.#keys.toBytes(row.id), row.time, row.minor))
  }

  restore(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const { key, end, start } = sessionKeyParts(change.key, this.name)
    this.#table.restore(this.#keys.fromBytes(key), end, start, change)
  }

  touch(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const { key, end, start } = sessionKeyParts(change.key, this.name)
    this.#table.touch(this.#keys.fromBytes(key), end, start, change)
  }

  close(): void {
    this.#isClosed = true
    this.#table.clear()
  }

  #idOf(key: K): KeyId {
    if (this.#isClosed) throw storeClosed(this.name)
    return this.#keys.idOf(key)
  }
}
