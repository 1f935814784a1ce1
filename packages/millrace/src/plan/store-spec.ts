import type { Serde } from '../serde/serde.ts'

/** What a store is, before it is opened: part of the plan. */
export type StoreSpec =
  | KeyValueStoreSpec
  | TimestampedKeyValueStoreSpec
  | WindowStoreSpec
  | SessionStoreSpec
  | VersionedStoreSpec

interface StoreSpecFields {
  /** Outlives deploys: the changelog topic is named after it. */
  readonly name: string
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  /** 'persistent' is LMDB. */
  readonly storage: 'memory' | 'persistent'
  /** Whether writes go to a changelog topic. */
  readonly isLogged: boolean
  /** A topic that holds the same rows already: it is restored from there, and nothing is written to a changelog. */
  readonly changelogTopic?: string
}

export interface KeyValueStoreSpec extends StoreSpecFields {
  readonly kind: 'key-value'
}

export interface TimestampedKeyValueStoreSpec extends StoreSpecFields {
  readonly kind: 'timestamped-key-value'
}

export interface WindowStoreSpec extends StoreSpecFields {
  readonly kind: 'window'
  readonly retentionMs: number
  readonly windowSizeMs: number
  /** Values carry their time. */
  readonly isTimestamped: boolean
  /** Whether several values may stand at one key and start (joins). */
  readonly retainDuplicates: boolean
}

export interface SessionStoreSpec extends StoreSpecFields {
  readonly kind: 'session'
  readonly retentionMs: number
}

export interface VersionedStoreSpec extends StoreSpecFields {
  readonly kind: 'versioned'
  readonly historyMs: number
}
