import type { HeldKey } from './held-key.ts'
import type { PersistentStore } from './persistent-store.ts'
import type { PersistentTimedTable } from './persistent-timed-table.ts'
import { TimedSessionStore, type SessionStoreSettings } from './timed-session-store.ts'
import { TimedWindowStore, type WindowStoreSettings } from './timed-window-store.ts'

/** A window store on disk. */
export class PersistentWindowStore<K, V> extends TimedWindowStore<K, V> implements PersistentStore {
  override readonly isPersistent = true
  readonly #table: PersistentTimedTable<V>

  constructor(settings: WindowStoreSettings, keys: HeldKey<K>, table: PersistentTimedTable<V>) {
    super(settings, keys, table)
    this.#table = table
  }

  get pendingBytes(): number {
    return this.#table.pendingBytes
  }

  flush(checkpoint: Buffer): void {
    this.#table.flush(checkpoint)
  }

  checkpoint(): Buffer | undefined {
    return this.#table.checkpoint()
  }
}

/** A session store on disk. */
export class PersistentSessionStore<K, V> extends TimedSessionStore<K, V> implements PersistentStore {
  override readonly isPersistent = true
  readonly #table: PersistentTimedTable<V>

  constructor(settings: SessionStoreSettings, keys: HeldKey<K>, table: PersistentTimedTable<V>) {
    super(settings, keys, table)
    this.#table = table
  }

  get pendingBytes(): number {
    return this.#table.pendingBytes
  }

  flush(checkpoint: Buffer): void {
    this.#table.flush(checkpoint)
  }

  checkpoint(): Buffer | undefined {
    return this.#table.checkpoint()
  }
}
