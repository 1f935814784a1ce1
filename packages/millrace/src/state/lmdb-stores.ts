import type { StateStore } from '../ports/state-store.ts'
import type { StoreSpec } from '../plan/store-spec.ts'
import { heldKey } from './held-key.ts'
import { heldValue } from './held-value.ts'
import { LmdbEnvironment } from './lmdb-environment.ts'
import { createMemoryStores } from './memory-stores.ts'
import { PersistentKeyValueStore } from './persistent-key-value-store.ts'
import { PersistentTimedTable } from './persistent-timed-table.ts'
import { PersistentVersionedStore } from './persistent-versioned-store.ts'
import { StoreFile } from './store-file.ts'
import type { StoreFactory, StoreOf } from './store-factory.ts'
import { TimedSessionStore } from './timed-session-store.ts'
import { TimedWindowStore } from './timed-window-store.ts'
import { plainFormat, timedFormat, timestampedFormat } from './value-format.ts'

export interface LmdbStoreOptions {
  /** How much of what is on disk every store keeps in memory after a flush. Default 10 MiB. */
  readonly cacheBytes?: number
}

const defaultCacheBytes = 10 * 1024 * 1024

/**
 * Stores in one folder, which nobody else may use meanwhile: persistent ones as the last flush left them, the others in
 * memory. The driver is loaded and the folder made when the first persistent store is opened, which throws STORE_LOCKED,
 * STORE_FAILED, PACKAGE_MISSING.
 */
export function createLmdbStores(folder: string, options: LmdbStoreOptions = {}): StoreFactory {
  const memory = createMemoryStores()
  const open: StateStore[] = []
  const files = new Map<string, StoreFile>()
  let environment: LmdbEnvironment | undefined
  return {
    open<Spec extends StoreSpec>(spec: Spec): StoreOf<Spec> {
      if (spec.storage === 'memory') return memory.open(spec)
      environment ??= new LmdbEnvironment(folder)
      const file = new StoreFile(environment, spec.name, options.cacheBytes ?? defaultCacheBytes)
      const store = createStore(spec, file)
      open.push(store)
      files.set(spec.name, file)
      return store as StoreOf<Spec>
    },
    flush(checkpoints) {
      const flushed = [...checkpoints].flatMap(([name, checkpoint]) => {
        const file = files.get(name)
        return file === undefined ? [] : [{ file, checkpoint }]
      })
      if (flushed.length === 0) return
      environment?.transaction(() => {
        for (const { file, checkpoint } of flushed) file.write(checkpoint)
      })
      for (const { file, checkpoint } of flushed) file.settle(checkpoint)
    },
    checkpoint: (storeName) => files.get(storeName)?.checkpoint(),
    close() {
      for (const store of open.splice(0)) store.close()
      files.clear()
      memory.close()
      environment?.close()
      environment = undefined
    },
  }
}

function createStore(spec: StoreSpec, file: StoreFile): StoreOf<StoreSpec> {
  const { name, isLogged } = spec
  const keys = heldKey(spec.keySerde, name)
  switch (spec.kind) {
    case 'key-value':
      return new PersistentKeyValueStore(name, file, keys, plainFormat(spec.valueSerde, name), isLogged)
    case 'timestamped-key-value':
      return new PersistentKeyValueStore(name, file, keys, timestampedFormat(spec.valueSerde, name), isLogged)
    case 'window':
      return new TimedWindowStore(spec, keys, new PersistentTimedTable(spec, file, keys, timedFormat(spec)))
    case 'session':
      return new TimedSessionStore(spec, keys, new PersistentTimedTable(spec, file, keys, timedFormat(spec)))
    case 'versioned':
      return new PersistentVersionedStore(spec, file, keys, heldValue(spec.valueSerde, name))
  }
}
