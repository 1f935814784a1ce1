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
  close(): void
}
