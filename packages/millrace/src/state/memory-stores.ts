import type { StoreSpec } from '../plan/store-spec.ts'
import { heldKey } from './held-key.ts'
import { heldValue } from './held-value.ts'
import { MemoryKeyValueStore } from './memory-key-value-store.ts'
import { MemorySessionStore } from './memory-session-store.ts'
import { MemoryVersionedStore } from './memory-versioned-store.ts'
import { MemoryWindowStore } from './memory-window-store.ts'
import type { StoreFactory, StoreOf } from './store-factory.ts'
import { plainFormat, timestampedFormat, type ValueFormat } from './value-format.ts'

/** Stores on the heap: empty when opened, gone when closed. */
export function createMemoryStores(): StoreFactory {
  const open: { close(): void }[] = []
  return {
    open<Spec extends StoreSpec>(spec: Spec): StoreOf<Spec> {
      const store = createStore(spec)
      open.push(store)
      return store as StoreOf<Spec>
    },
    close() {
      for (const store of open.splice(0)) store.close()
    },
  }
}

function createStore(spec: StoreSpec): StoreOf<StoreSpec> {
  const keys = heldKey(spec.keySerde, spec.name)
  switch (spec.kind) {
    case 'key-value':
      return new MemoryKeyValueStore(spec.name, keys, plainFormat(spec.valueSerde, spec.name), spec.isLogged)
    case 'timestamped-key-value':
      return new MemoryKeyValueStore(spec.name, keys, timestampedFormat(spec.valueSerde, spec.name), spec.isLogged)
    case 'window':
      return new MemoryWindowStore(spec, keys, windowFormat(spec.isTimestamped, spec))
    case 'session':
      return new MemorySessionStore(spec, keys, plainFormat(spec.valueSerde, spec.name))
    case 'versioned':
      return new MemoryVersionedStore(spec, keys, heldValue(spec.valueSerde, spec.name))
  }
}

function windowFormat(isTimestamped: boolean, spec: StoreSpec): ValueFormat<unknown> {
  return isTimestamped
    ? (timestampedFormat(spec.valueSerde, spec.name) as ValueFormat<unknown>)
    : plainFormat(spec.valueSerde, spec.name)
}
