import type { ReadableKeyValueStore, ValueAndTimestamp } from '../ports/state-store.ts'

/**
 * How an operation looks rows of a table up: in its store, or computed from the views of its parents where it has none.
 */
export interface TableView {
  get(key: unknown): ValueAndTimestamp<unknown> | undefined
  /** Versioned tables: the row as it was at a time. */
  getAsOf?(key: unknown, asOf: number): ValueAndTimestamp<unknown> | undefined
  readonly isVersioned: boolean
  /** All that a processor can read: of a global table, and of one that keeps the latest rows in a store. */
  readonly rows?: ReadableKeyValueStore<unknown, ValueAndTimestamp<unknown>> | undefined
}

/** Of a table without a store: nobody looks rows up there, but filters below ask what kind of table it is. */
export const unstoredView: TableView = { isVersioned: false, get: () => undefined }
