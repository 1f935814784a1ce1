import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StateStore, StoreChange } from '../ports/state-store.ts'
import type { StoreSpec } from '../plan/store-spec.ts'
import { createLmdbStores } from './lmdb-stores.ts'
import { createMemoryStores } from './memory-stores.ts'
import { isPersistentStore } from './persistent-store.ts'
import type { StoreFactory, StoreOf } from './store-factory.ts'

/** Where a store lives in a test: it can crash, and is then rebuilt as a task does it. */
export interface StoreHome {
  readonly name: string
  readonly storage: StoreSpec['storage']
  open(folder: string): StoreFactory
}

export const storeHomes: readonly StoreHome[] = [
  { name: 'in memory', storage: 'memory', open: createMemoryStores },
  { name: 'on LMDB', storage: 'persistent', open: (folder) => createLmdbStores(folder) },
  // Nothing stays in memory after a flush.
  {
    name: 'on LMDB without a cache',
    storage: 'persistent',
    open: (folder) => createLmdbStores(folder, { cacheBytes: 0 }),
  },
]

// Thousands of flushes: where there is a disk of memory, waiting for a real one would be most of the time.
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(parent, 'millrace-state-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A store with its changelog. */
export class StoreRig<Spec extends StoreSpec> {
  readonly #home: StoreHome
  readonly #folder: string
  readonly spec: Spec
  #factory: StoreFactory
  store: StoreOf<Spec>
  readonly changelog: StoreChange[] = []

  constructor(home: StoreHome, folder: string, spec: Spec) {
    this.#home = home
    this.#folder = folder
    this.spec = { ...spec, storage: home.storage }
    this.#factory = home.open(folder)
    this.store = this.#factory.open(this.spec)
  }

  commit(): readonly StoreChange[] {
    const changes = this.store.takeChanges()
    this.changelog.push(...changes)
    return changes
  }

  flush(): void {
    this.commit()
    const { store } = this
    if (isPersistentStore(store)) store.flush(Buffer.from(String(this.changelog.length)))
  }

  /** What was not committed is lost; the rest comes from disk, as far as it was flushed, and from the changelog. */
  crash(): void {
    this.#factory.close()
    this.#factory = this.#home.open(this.#folder)
    this.store = this.#factory.open(this.spec)
    restoreFrom(this.store, this.changelog)
  }

  close(): void {
    this.#factory.close()
  }
}

function restoreFrom(store: StateStore, changelog: readonly StoreChange[]): void {
  const position = isPersistentStore(store) ? Number(String(store.checkpoint() ?? '0')) : 0
  for (const change of changelog.slice(position)) store.restore(change)
}

export async function withFolderAsync<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(parent, 'millrace-state-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
