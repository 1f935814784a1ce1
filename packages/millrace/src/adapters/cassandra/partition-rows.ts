import { covers, keyText, sameCells, type PendingRow } from './pending-row.ts'
import type { RowLayout } from './row-layout.ts'

/** From how many rows on a map is cheaper than looking at each. */
const indexFrom = 8

/**
 * The rows of one partition that wait to be sent, at most one per primary key where one of two makes the other
 * needless: a later write time wins, and only over a row all of whose cells it sets. Two rows with the same write time
 * both stay, because Cassandra settles those cell by cell, whatever their order.
 */
export class PartitionRows {
  readonly key: string
  readonly #layout: RowLayout
  #rows: PendingRow[] = []
  #head = 0
  #byClusteringKey: Map<string, PendingRow> | undefined
  /** The greatest first part of a clustering key so far, if it is a number. */
  #greatest = Number.NEGATIVE_INFINITY
  /** Whether it stands in the queue of what is to be sent. */
  isQueued = false

  constructor(key: string, layout: RowLayout) {
    this.key = key
    this.#layout = layout
  }

  get length(): number {
    return this.#rows.length - this.#head
  }

  /** The waiting row with the same primary key, the last one if there are several. */
  find(params: PendingRow['params']): PendingRow | undefined {
    if (this.length === 0) return undefined
    const { partitionLength, keyLength } = this.#layout
    const first = params[partitionLength]
    // rows mostly come in the order of time: what lies above all before it is new
    if (partitionLength < keyLength && typeof first === 'number' && first > this.#greatest) return undefined
    if (this.length < indexFrom) {
      for (let index = this.#rows.length - 1; index >= this.#head; index--) {
        if (sameCells(this.#rows[index]!.params, params, partitionLength, keyLength)) return this.#rows[index]
      }
      return undefined
    }
    this.#byClusteringKey ??= new Map(this.#rows.slice(this.#head).map((row) => [this.#clusteringKey(row), row]))
    return this.#byClusteringKey.get(keyText(params, partitionLength, keyLength))
  }

  add(row: PendingRow): void {
    this.#rows.push(row)
    const first = row.params[this.#layout.partitionLength]
    if (typeof first === 'number' && first > this.#greatest) this.#greatest = first
    this.#byClusteringKey?.set(this.#clusteringKey(row), row)
  }

  /** Takes rows from the front: at least one, else within both bounds. */
  take(maxRows: number, maxBytes: number): PendingRow[] {
    let end = this.#head
    let bytes = 0
    while (end < this.#rows.length && end - this.#head < maxRows) {
      bytes += this.#rows[end]!.bytes
      if (bytes > maxBytes && end > this.#head) break
      end += 1
    }
    this.#byClusteringKey = undefined
    const all = this.#rows
    const from = this.#head
    if (end === all.length) {
      this.#rows = []
      this.#head = 0
      return from === 0 ? all : all.slice(from)
    }
    this.#head = end
    return all.slice(from, end)
  }

  #clusteringKey(row: PendingRow): string {
    return keyText(row.params, this.#layout.partitionLength, this.#layout.keyLength)
  }
}

/** What becomes of a row that meets a waiting one of the same primary key. */
export function settle(
  waiting: PendingRow,
  newer: Pick<PendingRow, 'params' | 'writeTime'>,
): 'replaces' | 'needless' | 'both' {
  if (newer.writeTime > waiting.writeTime && covers(newer.params, waiting.params)) return 'replaces'
  if (newer.writeTime < waiting.writeTime && covers(waiting.params, newer.params)) return 'needless'
  return 'both'
}
