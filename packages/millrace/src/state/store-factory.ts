import type { StoreSpec } from '../plan/store-spec.ts'
import type {
  KeyValueStore,
  SessionStore,
  TimestampedKeyValueStore,
  VersionedKeyValueStore,
  WindowStore,
} from '../ports/state-store.ts'

/** The running store of a spec. */
export type StoreOf<Spec extends StoreSpec> = Spec extends { readonly kind: 'key-value' }
  ? KeyValueStore<unknown, unknown>
  : Spec extends { readonly kind: 'timestamped-key-value' }
    ? TimestampedKeyValueStore<unknown, unknown>
    : Spec extends { readonly kind: 'window' }
      ? WindowStore<unknown, unknown>
      : Spec extends { readonly kind: 'session' }
        ? SessionStore<unknown, unknown>
        : VersionedKeyValueStore<unknown, unknown>

/** Where stores live: one per task. */
export interface StoreFactory {
  /** Opens a store, empty or as it was left. Persistent ones live in a folder of the task. */
  open<Spec extends StoreSpec>(spec: Spec): StoreOf<Spec>
  /**
   * Brings the named persistent stores to disk in one transaction, each with what the caller wants to find again beside
   * it: its position in the changelog. What is brought was sealed by takeChanges(), or restored. The other stores keep
   * theirs. Throws STORE_FAILED, and then keeps everything for the next attempt.
   */
  flush(checkpoints: ReadonlyMap<string, Buffer>): void
  /** Of an open store, what its last flush brought; undefined before the first, and for stores in memory. */
  checkpoint(storeName: string): Buffer | undefined
  close(): void
}
