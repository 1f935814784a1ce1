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
  /** Numbers that are to be found again after a restart, as of the last seal. */
  numbers(): readonly number[]
  /** Deletes rows that have expired by these numbers, within the transaction of a flush. */
  dropExpired(numbers: readonly number[]): void
}

/** One store's table in an LMDB file: rows, numbers and the checkpoint. */
export class StoreFile {
  readonly rows: WriteBack
  readonly #storeName: string
  #layout!: StoreLayout
  #checkpoint: string | undefined
  #sealedNumbers: readonly number[] = []
  /** Not in the middle of a restore, where the observed time may still go back: nothing is dropped there. */
  #isSealed = false
  #isClosed = false

  constructor(environment: LmdbEnvironment, storeName: string, cacheBytes: number) {
    this.#storeName = storeName
    this.rows = new WriteBack(environment, storeName, cacheBytes)
  }

  /** The numbers of the last flush; undefined when there was none. Throws STORE_FAILED if it was another kind of store. */
  begin(layout: StoreLayout): readonly number[] | undefined {
    this.#layout = layout
    const stored = this.rows.get(layoutKey)
    if (stored === undefined) return undefined
    if (stored !== layout.name) {
      const hint = 'Give the store another name, or delete the folder: the state is rebuilt from the changelog.'
      const what = `The state on disk is of another kind (${stored}, not ${layout.name})`
      throw storeFailed(what, this.#storeName, hint, undefined, this.#storeName)
    }
    this.#checkpoint = this.rows.get(checkpointKey)
    this.#sealedNumbers = JSON.parse(this.rows.get(numbersKey) ?? '[]') as number[]
    return this.#sealedNumbers
  }

  /** What was written until now is what the next flush brings. */
  seal(): void {
    this.checkOpen()
    this.rows.seal()
    this.#sealedNumbers = this.#layout.numbers()
    this.#isSealed = true
  }

  /** Runs the writes of one restored record: the next flush brings them, unless something else was written before. */
  restore(write: () => void): void {
    this.checkOpen()
    if (!this.rows.setSealed(write)) return
    this.#sealedNumbers = this.#layout.numbers()
    this.#isSealed = false
  }

  /** Writes what is sealed into the transaction that is running. `settle` follows when that has succeeded. */
  write(checkpoint: Buffer): void {
    this.checkOpen()
    this.rows.write()
    if (this.#isSealed) this.#layout.dropExpired(this.#sealedNumbers)
    this.rows.writeNow(layoutKey, this.#layout.name)
    this.rows.writeNow(numbersKey, JSON.stringify(this.#sealedNumbers))
    this.rows.writeNow(checkpointKey, latin1Of(checkpoint))
  }

  settle(checkpoint: Buffer): void {
    // a restore goes through all keys alike
    this.rows.settle(this.#isSealed)
    this.#checkpoint = latin1Of(checkpoint)
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
