const maxChunkLength = 1024

/**
 * A sorted set in chunks of at most 1,024: a binary search for the chunk, one inside it, and a short move to insert.
 * Invariant: no chunk is empty, and every item of a chunk comes before every item of the next.
 */
export class SortedIndex<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #chunks: T[][] = []

  constructor(compare: (a: T, b: T) => number, items: Iterable<T> = []) {
    this.#compare = compare
    const sorted = [...items].sort(compare)
    const half = maxChunkLength / 2
    for (let at = 0; at < sorted.length; at += half) this.#chunks.push(sorted.slice(at, at + half))
  }

  /** Adds an item that is not in it. */
  add(item: T): void {
    const at = Math.min(this.#chunkFrom(item), this.#chunks.length - 1)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([item])
      return
    }
    const position = this.#positionFrom(chunk, item)
    if (position === chunk.length) chunk.push(item)
    else chunk.splice(position, 0, item)
    if (chunk.length > maxChunkLength) this.#chunks.splice(at + 1, 0, chunk.splice(maxChunkLength / 2))
  }

  delete(item: T): void {
    const at = this.#chunkFrom(item)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const position = this.#positionFrom(chunk, item)
    if (position === chunk.length || this.#compare(chunk[position]!, item) !== 0) return
    if (chunk.length === 1) this.#chunks.splice(at, 1)
    else chunk.splice(position, 1)
  }

  /**
   * The items for which `side` says 0; it says -1 for those before them and 1 for those behind them. Items that are
   * added or deleted meanwhile may or may not show; all others show exactly once.
   */
  *scan(side: (item: T) => number, isReverse = false): Generator<T, void, undefined> {
    let last: { readonly item: T } | undefined
    while (true) {
      const found = isReverse ? this.#before(side, last) : this.#after(side, last)
      if (found.length === 0) return
      // A copy, as the chunk may change while the caller works.
      for (const item of found) yield item
      last = { item: found.at(-1)! }
    }
  }

  #after(side: (item: T) => number, last: { readonly item: T } | undefined): readonly T[] {
    const isBefore = last === undefined ? (item: T) => side(item) < 0 : (item: T) => this.#compare(item, last.item) <= 0
    const chunk = this.#chunks[partition(this.#chunks, (chunk) => isBefore(chunk.at(-1)!))]
    if (chunk === undefined) return []
    return chunk.slice(
      partition(chunk, isBefore),
      partition(chunk, (item) => side(item) <= 0),
    )
  }

  #before(side: (item: T) => number, last: { readonly item: T } | undefined): readonly T[] {
    const isBefore = last === undefined ? (item: T) => side(item) <= 0 : (item: T) => this.#compare(item, last.item) < 0
    const chunk = this.#chunks[partition(this.#chunks, (chunk) => isBefore(chunk[0]!)) - 1]
    if (chunk === undefined) return []
    return chunk
      .slice(
        partition(chunk, (item) => side(item) < 0),
        partition(chunk, isBefore),
      )
      .reverse()
  }

  /** The first chunk that ends at or behind the item. */
  #chunkFrom(item: T): number {
    return partition(this.#chunks, (chunk) => this.#compare(chunk.at(-1)!, item) < 0)
  }

  #positionFrom(chunk: readonly T[], item: T): number {
    return partition(chunk, (other) => this.#compare(other, item) < 0)
  }
}

/** How many items at the beginning are `isBefore`: by halving, as all of those stand in front of all others. */
export function partition<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(items[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}
