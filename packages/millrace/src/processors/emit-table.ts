import type { TableStoreSpec } from '../plan/index.ts'
import { emitChanges, type EmitChange } from './emit-changes.ts'
import { keyIdentity } from './key-identity.ts'
import type { Forward, ProcessorServices } from './processor.ts'
import type { TableRows } from './table-rows.ts'

export interface TableNodeFields {
  readonly id: string
  readonly store: TableStoreSpec
  readonly isMaterialized: boolean
  readonly sendsOldValues?: boolean
  readonly cacheBytes: number
}

/** The last step of a table operation: writes the row where the table is kept, and sends the update on. */
export type WriteRow = (
  key: unknown,
  newValue: unknown,
  oldValue: unknown,
  timestamp: number,
  isLatest: boolean,
) => void

/** Without rows there is nothing to gather updates in, and of versions every one counts: neither is cached. */
export function cacheBytesOf(node: TableNodeFields): number {
  return node.isMaterialized && node.store.kind !== 'versioned' ? node.cacheBytes : 0
}

/** `rows` are the node's own where it is kept in a store. A version before the history is dropped and counted. */
export function emitTable(
  node: TableNodeFields,
  rows: TableRows | undefined,
  forward: Forward,
  services: ProcessorServices,
): WriteRow {
  const { sendsOldValues = false } = node
  const identify = keyIdentity(node.store.keySerde, `${node.store.name}-changelog`)
  const emit: EmitChange = emitChanges({ cacheBytes: cacheBytesOf(node), sendsOldValues }, forward, services, identify)
  if (rows === undefined) return emit
  const dropped = services.counter('records-dropped', node.id)
  return (key, newValue, oldValue, timestamp) => {
    const written = rows.put(key, newValue, timestamp)
    if (written === 'refused') dropped.value++
    else emit(key, newValue, oldValue, timestamp, written === 'latest')
  }
}
