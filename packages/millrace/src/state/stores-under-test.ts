import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreChange } from '../ports/state-store.ts'
import type { StoreSpec } from '../plan/store-spec.ts'
import { createLmdbStores } from './lmdb-stores.ts'
import { createMemoryStores } from './memory-stores.ts'
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

interface LogRecord {
  readonly offset: number
  readonly change: StoreChange
}

/** A store with its changelog, run as a task runs it. */
export class StoreRig<Spec extends StoreSpec> {
  readonly #home: StoreHome
  readonly #folder: string
  readonly spec: Spec
  #factory: StoreFactory
  store: StoreOf<Spec>
  #log: LogRecord[] = []
  #end = 0
  #committedEnd = 0

  constructor(home: StoreHome, folder: string, spec: Spec) {
    this.#home = home
    this.#folder = folder
    this.spec = { ...spec, storage: home.storage }
    this.#factory = home.open(folder)
    this.store = this.#factory.open(this.spec)
  }

  get changelog(): readonly StoreChange[] {
    return this.#log.map(({ change }) => change)
  }

  /** The first half of a commit: what is written to the changelog does not count yet. */
  write(): readonly StoreChange[] {
    const changes = this.store.takeChanges()
    for (const change of changes) this.#append(change)
    return changes
  }

  commit(): readonly StoreChange[] {
    const changes = this.write()
    this.#committedEnd = this.#end
    return changes
  }

  /** What belongs behind a commit. Nothing, when there was half of another one since. */
  flushCommitted(): void {
    if (this.#end === this.#committedEnd) this.#flushAt(this.#end)
  }

  flush(): void {
    this.commit()
    this.flushCommitted()
  }

  /** Somebody else writes to the changelog, and it is noticed. */
  intrude(change: StoreChange): void {
    this.#append(change)
    this.store.touch(change)
  }

  /** Of every key the last committed record stays, as log compaction does it. */
  compact(): void {
    const last = new Map<string, number>()
    const isOld = ({ offset }: LogRecord): boolean => offset < this.#committedEnd
    for (const record of this.#log.filter(isOld)) last.set(record.change.key.toString('hex'), record.offset)
    this.#log = this.#log.filter(
      (record) => !isOld(record) || last.get(record.change.key.toString('hex')) === record.offset,
    )
  }

  /**
   * What was not committed is lost; the rest comes from disk, as far as it was flushed, and from the changelog. What
   * stands there behind the commit is touched. `flushEvery`: how often the restore itself flushes.
   */
  crash(flushEvery: number = Infinity): void {
    this.#factory.close()
    this.#factory = this.#home.open(this.#folder)
    this.store = this.#factory.open(this.spec)
    const position = Number(String(this.#factory.checkpoint(this.spec.name) ?? '0'))
    let restored = 0
    for (const { offset, change } of this.#log) {
      if (offset >= position && offset < this.#committedEnd) {
        this.store.restore(change)
        restored += 1
        if (restored % flushEvery === 0) this.#flushAt(offset + 1)
      } else if (offset >= this.#committedEnd) this.store.touch(change)
    }
  }

  close(): void {
    this.#factory.close()
  }

  #append(change: StoreChange): void {
    this.#log.push({ offset: this.#end, change })
    this.#end += 1
  }

  #flushAt(position: number): void {
    this.#factory.flush(new Map([[this.spec.name, Buffer.from(String(position))]]))
  }
}

export async function withFolderAsync<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(parent, 'millrace-state-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
