import type { SessionStore, StoreChange, TimeWindow } from '../ports/state-store.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import { storeClosed } from './store-closed.ts'
import type { TimedEntry } from './timed-entry.ts'
import { TimedTable } from './timed-table.ts'
import { checkTimestamp, type ValueFormat } from './value-format.ts'
import { sessionKeyBytes, sessionKeyParts } from './window-key.ts'

export interface SessionStoreSettings {
  readonly name: string
  readonly retentionMs: number
  readonly isLogged: boolean
}

/** Sessions by key, then end, then start. */
export class MemorySessionStore<K, V> implements SessionStore<K, V> {
  readonly name: string
  readonly isPersistent = false
  readonly retentionMs: number
  readonly #keys: HeldKey<K>
  readonly #table: TimedTable<V>
  #isClosed = false

  constructor(settings: SessionStoreSettings, keys: HeldKey<K>, values: ValueFormat<V>) {
    this.name = settings.name
    this.retentionMs = settings.retentionMs
    this.#keys = keys
    this.#table = new TimedTable(settings.retentionMs, values, settings.isLogged)
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
    const [entry] = this.#table.ofKey(this.#idOf(key), end, end).filter((entry) => entry.minor === start)
    return entry === undefined ? undefined : this.#table.read(entry)
  }

  findSessions(key: K, earliestEnd: number, latestStart: number): Iterable<readonly [TimeWindow, V]> {
    const entries = this.#table.ofKey(this.#idOf(key), earliestEnd, Number.POSITIVE_INFINITY)
    return entries
      .filter((entry) => entry.minor <= latestStart)
      .map((entry) => [{ start: entry.minor, end: entry.time }, this.#table.read(entry)] as const)
  }

  *findByEnd(from: number, to: number): Generator<readonly [K, TimeWindow, V], void, undefined> {
    if (this.#isClosed) throw storeClosed(this.name)
    const { compare } = this.#keys
    const byStart = (a: TimedEntry, b: TimedEntry): number => a.minor - b.minor || compare(a.owner.id, b.owner.id)
    for (const entry of this.#table.byTime(from, to, byStart)) {
      yield [this.#keys.keyOf(entry.owner.id), { start: entry.minor, end: entry.time }, this.#table.read(entry)]
    }
  }

  all(): Iterable<readonly [K, TimeWindow, V]> {
    return this.findByEnd(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  }

  takeChanges(): readonly StoreChange[] {
    return this.#table.takeChanges((entry, value) => ({
      key: sessionKeyBytes(this.#keys.toBytes(entry.owner.id), entry.time, entry.minor),
      value,
      timestamp: entry.time,
    }))
  }

  restore(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const { key, end, start } = sessionKeyParts(change.key, this.name)
    this.#table.restore(this.#keys.fromBytes(key), end, start, change.value)
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
