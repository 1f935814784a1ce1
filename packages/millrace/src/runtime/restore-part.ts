import type { StoreChange } from '../ports/index.ts'

/** What is held in memory of a persistent store that is being restored before it is brought to disk. */
const partBytes = 4 * 1024 * 1024
/** What a restored row takes in memory besides key and value. */
const rowOverheadBytes = 80

/** What was restored into one store since it was brought to disk last. */
export class RestorePart {
  #bytes = 0

  add({ key, value }: StoreChange): void {
    this.#bytes += rowOverheadBytes + key.length + (value?.length ?? 0)
  }

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  get isFull(): boolean {
    return this.#bytes >= partBytes
  }

  clear(): void {
    this.#bytes = 0
  }
}
