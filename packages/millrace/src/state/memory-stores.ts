import type { StoreSpec } from '../plan/store-spec.ts'
import { heldKey } from './held-key.ts'
import { heldValue } from './held-value.ts'
import { MemoryKeyValueStore } from './memory-key-value-store.ts'
import { MemoryTimedTable } from './memory-timed-table.ts'
import { MemoryVersionedStore } from './memory-versioned-store.ts'
import type { StoreFactory, StoreOf } from './store-factory.ts'
import { TimedSessionStore } from './timed-session-store.ts'
import { TimedWindowStore } from './timed-window-store.ts'
import { plainFormat, timedFormat, timestampedFormat } from './value-format.ts'

/** Stores on the heap: empty when opened, gone when closed. */
export function createMemoryStores(): StoreFactory {
  const open: { close(): void }[] = []
  return {
    open<Spec extends StoreSpec>(spec: Spec): StoreOf<Spec> {
      const store = createStore(spec)
      open.push(store)
      return store as StoreOf<Spec>
    },
    flush() {},
    checkpoint: () => undefined,
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
    case 'session': {
      const table = new MemoryTimedTable(spec.retentionMs, timedFormat(spec), spec.isLogged)
      return spec.kind === 'window' ? new TimedWindowStore(spec, keys, table) : new TimedSessionStore(spec, keys, table)
    }
    case 'versioned':
      return new MemoryVersionedStore(spec, keys, heldValue(spec.valueSerde, spec.name))
  }
}
