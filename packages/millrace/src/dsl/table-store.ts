import type { TableStoreSpec } from '../plan/index.ts'
import { notNegativeMs } from './checked-option.ts'
import type { storeFields } from './handle.ts'

/** The store of a table: its latest rows, or, with a history in ms, every version of them. */
export function tableStore(fields: ReturnType<typeof storeFields>, versionedMs: number | undefined): TableStoreSpec {
  return versionedMs === undefined
    ? { kind: 'timestamped-key-value', ...fields }
    : { kind: 'versioned', historyMs: notNegativeMs('versioned', versionedMs), ...fields }
}
