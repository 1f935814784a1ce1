import type { StateStore } from '../ports/state-store.ts'

/** What stores on disk have beyond others. */
export interface PersistentStore extends StateStore {
  readonly isPersistent: true
  /**
   * Writes everything since the last flush in one transaction, together with what the caller wants to find again beside
   * it: the changelog position. Takes no writes that were not taken as changes. Throws STORE_FAILED, and keeps all.
   */
  flush(checkpoint: Buffer): void
  /** What the last flush brought; undefined before the first. */
  checkpoint(): Buffer | undefined
  /** About how much a flush would write. */
  readonly pendingBytes: number
}

export function isPersistentStore(store: StateStore): store is PersistentStore {
  return store.isPersistent
}
