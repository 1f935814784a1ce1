import { StreamsError } from '../errors/index.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'
import { maxLmdbKeyBytes } from './lmdb-driver.ts'
import type { LmdbEnvironment } from './lmdb-environment.ts'
import { storeClosed } from './store-closed.ts'
import { storeFailed } from './store-failed.ts'
import { WriteBack } from './write-back.ts'

// LMDB has no empty keys, so each begins with what kind of row it is.
const layoutKey = 'm-layout'
const checkpointKey = 'm-checkpoint'
const numbersKey = 'm-numbers'

/** What a kind of store brings along for its file. */
export interface StoreLayout {
  /** Changes when rows are laid out differently. */
  readonly name: string
  /** Numbers that are to be found again after a restart, as of the last flush. */
  numbers(): readonly number[]
  hasUntakenChanges(): boolean
  /** Deletes rows that have expired, within the transaction of a flush. */
  dropExpired(): void
}

/** One store's table in an LMDB file: rows, the checkpoint, and the transaction that brings both to disk. */
export class StoreFile {
  readonly rows: WriteBack
  readonly #storeName: string
  readonly #environment: LmdbEnvironment
  #checkpoint: string | undefined
  #isClosed = false

  constructor(environment: LmdbEnvironment, storeName: string, cacheBytes: number) {
    this.#storeName = storeName
    this.#environment = environment
    this.rows = new WriteBack(environment, storeName, cacheBytes)
  }

  /** The numbers of the last flush; undefined when there was none. Throws STORE_FAILED if it was another kind of store. */
  begin(layoutName: string): readonly number[] | undefined {
    const layout = this.rows.get(layoutKey)
    if (layout === undefined) return undefined
    if (layout !== layoutName) {
      const hint = 'Give the store another name, or delete the folder: the state is rebuilt from the changelog.'
      const what = `The state on disk is of another kind (${layout}, not ${layoutName})`
      throw storeFailed(what, this.#storeName, hint, undefined, this.#storeName)
    }
    this.#checkpoint = this.rows.get(checkpointKey)
    return JSON.parse(this.rows.get(numbersKey) ?? '[]') as number[]
  }

  /** Throws STORE_FAILED, and then keeps everything for the next attempt. */
  flush(checkpoint: Buffer, layout: StoreLayout): void {
    this.checkOpen()
    if (layout.hasUntakenChanges()) {
      const hint = 'Call takeChanges() and write them to the changelog first; the checkpoint would not cover them.'
      throw storeFailed('Cannot flush what the changelog does not have', this.#storeName, hint)
    }
    const held = latin1Of(checkpoint)
    this.#environment.transaction(() => {
      this.rows.write()
      layout.dropExpired()
      this.rows.writeNow(layoutKey, layout.name)
      this.rows.writeNow(numbersKey, JSON.stringify(layout.numbers()))
      this.rows.writeNow(checkpointKey, held)
    })
    this.rows.settle()
    this.#checkpoint = held
  }

  checkpoint(): Buffer | undefined {
    this.checkOpen()
    return this.#checkpoint === undefined ? undefined : bytesOf(this.#checkpoint)
  }

  checkOpen(): void {
    if (this.#isClosed) throw storeClosed(this.#storeName)
  }

  /** Throws STORE_KEY_TOO_LARGE. */
  checkKey(row: string, ownBytes: number): void {
    if (row.length <= maxLmdbKeyBytes) return
    const max = maxLmdbKeyBytes - ownBytes
    throw new StreamsError({
      code: 'STORE_KEY_TOO_LARGE',
      what: `A key of ${row.length - ownBytes} bytes is too large: this store takes ${max}`,
      hint: 'Use a hash of it as the key, or keep the store in memory.',
      storeName: this.#storeName,
    })
  }

  close(): void {
    this.#isClosed = true
  }
}
