import type { StateStore } from '../ports/state-store.ts'
import type { Handle } from './handle.ts'
import type { NameOption } from './options.ts'
import type { StoreHandle } from './stores.ts'
import type { TopologyTypeError } from './type-error.ts'

type Callback = (...args: never[]) => unknown

/** Stores that a processor uses, by the names that it calls them. */
export type StoreHandles = Readonly<Record<string, StoreHandle<StateStore>>>

/** What a processor forwards that does not say what it forwards. */
export type NothingForwarded =
  TopologyTypeError<'what this processor forwards is not declared: annotate its context, (context: ProcessorContext<Key, Value, Stores>) => …'>

/** A processor without stores. */
export type NoStores = Readonly<Record<string, never>>

/** The running stores of those handles. */
export type StoresOf<Handles extends StoreHandles> = string extends keyof Handles
  ? TopologyTypeError<'no store is connected to this processor: name it in the options, { stores: { … } }'>
  : { readonly [Name in keyof Handles]: Handles[Name] extends StoreHandle<infer Store> ? Store : never }

export interface ProcessOptions<Stores extends StoreHandles> extends NameOption {
  /** Stores made with `t.store()`. Operations that share one run in the same task. */
  readonly stores?: Stores
}

export function addProcessor(
  at: Handle,
  supplier: Callback,
  options: ProcessOptions<StoreHandles>,
  isKeyFixed: boolean,
): Handle {
  const stores = Object.fromEntries(Object.entries(options.stores ?? {}).map(([name, store]) => [name, store.name]))
  const serdes = isKeyFixed ? { key: at.serdes.key } : {}
  return at.add(
    { kind: 'process', supplier, stores, isKeyFixed },
    isKeyFixed ? 'processValues' : 'process',
    options,
    serdes,
  )
}
