import type { TableStoreSpec } from '../plan/index.ts'
import type { ProcessorServices } from './processor.ts'
import { readableRows } from './readable-rows.ts'
import type { TableView } from './table-view.ts'

/** The stored rows of a table, whether the store keeps one version of them or all. */
export interface TableRows extends TableView {
  /** null deletes. 'older': not what the key has now. 'refused': before the history, nothing was written. */
  put(key: unknown, value: unknown, timestamp: number): 'latest' | 'older' | 'refused'
}

/** Opens the store of a table and makes it the table's view. */
export function tableRows(
  node: { readonly id: string; readonly store: TableStoreSpec },
  services: ProcessorServices,
): TableRows {
  const rows = node.store.kind === 'versioned' ? versionedRows(node.store, services) : latestRows(node.store, services)
  services.provideView(node.id, rows)
  return rows
}

function latestRows(spec: TableStoreSpec & { kind: 'timestamped-key-value' }, services: ProcessorServices): TableRows {
  const store = services.store(spec)
  return {
    isVersioned: false,
    get: (key) => store.get(key),
    rows: readableRows(store),
    put: (key, value, timestamp) => {
      store.put(key, value === null ? null : { value, timestamp })
      return 'latest'
    },
  }
}

function versionedRows(spec: TableStoreSpec & { kind: 'versioned' }, services: ProcessorServices): TableRows {
  const store = services.store(spec)
  return {
    isVersioned: true,
    get: (key) => store.get(key),
    getAsOf: (key, asOf) => store.getAsOf(key, asOf),
    put: (key, value, timestamp) => {
      const validTo = store.put(key, value, timestamp)
      if (validTo === -1) return 'latest'
      return validTo === Number.MIN_SAFE_INTEGER ? 'refused' : 'older'
    },
  }
}
