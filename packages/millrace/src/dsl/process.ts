import type { ReadableKeyValueStore, StateStore, ValueAndTimestamp } from '../ports/state-store.ts'
import { type Handle, Handled, handleOf } from './handle.ts'
import type { NameOption } from './options.ts'
import type { StoreHandle } from './stores.ts'
import type { TopologyTypeError } from './type-error.ts'

type Callback = (...args: never[]) => unknown

/** A table, whatever its rows are. */
interface Rows<K, V> {
  readonly row: readonly [K, V]
}

/** Stores that a processor uses, and tables that it reads, by the names that it calls them. */
export type StoreHandles = Readonly<Record<string, StoreHandle<StateStore> | Rows<unknown, unknown>>>

/** What a processor forwards that does not say what it forwards. */
export type NothingForwarded =
  TopologyTypeError<'what this processor forwards is not declared: annotate its context, (context: ProcessorContext<Key, Value, Stores>) => …'>

/** A processor without stores. */
export type NoStores = Readonly<Record<string, never>>

/** The running stores of those handles; a table is read only, its rows with their time. */
export type StoresOf<Handles extends StoreHandles> = string extends keyof Handles
  ? TopologyTypeError<'no store is connected to this processor: name it in the options, { stores: { … } }'>
  : { readonly [Name in keyof Handles]: StoreOf<Handles[Name]> }

type StoreOf<Handle> =
  Handle extends Rows<infer K, infer V>
    ? ReadableKeyValueStore<K, ValueAndTimestamp<V>>
    : Handle extends StoreHandle<infer Store>
      ? Store
      : never

export interface ProcessOptions<Stores extends StoreHandles> extends NameOption {
  /**
   * Stores made with `t.store()`, which operations that share them find in the same task; and tables, to read: of a
   * KTable the rows of the task's own partition, of a global one all. Windowed and versioned tables are refused
   * (TOPOLOGY_INVALID), and what suppress() gives.
   */
  readonly stores?: Stores
}

export function addProcessor(
  at: Handle,
  supplier: Callback,
  options: ProcessOptions<StoreHandles>,
  isKeyFixed: boolean,
): Handle {
  const operation = isKeyFixed ? 'processValues' : 'process'
  const stores: Record<string, string> = {}
  const tables: Record<string, string> = {}
  for (const [name, used] of Object.entries(options.stores ?? {})) {
    if (used instanceof Handled) tables[name] = at.sameTopology(handleOf(used), operation).node
    else stores[name] = (used as StoreHandle<StateStore>).name
  }
  const serdes = isKeyFixed ? { key: at.serdes.key } : {}
  return at.add({ kind: 'process', supplier, stores, tables, isKeyFixed }, operation, options, serdes)
}
