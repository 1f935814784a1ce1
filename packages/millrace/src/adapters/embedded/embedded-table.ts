import { Buffer } from 'node:buffer'
import type { Clock, TableSpec } from '../../ports/index.ts'
import { columnOrder, keyText, type WrittenRow } from './embedded-table-row.ts'

type Cells = readonly unknown[]

/** A row at rest. `times[i]` is the write time of cell i; the row itself lives by `time`, whatever its cells are. */
interface StoredRow {
  readonly cells: unknown[]
  readonly times: number[]
  /** Since when a cell, or (last) the row, is not there any more, ms; absent where nothing expires. */
  expiry: number[] | undefined
  time: number
}

interface Partition {
  readonly rows: Map<string, StoredRow>
  /** In clustering order; undefined after a row was added. */
  sorted: StoredRow[] | undefined
}

const never = Number.NEGATIVE_INFINITY

/**
 * The rows of one table. Every cell has a write time: the higher one wins; at the same one a tombstone wins over a
 * value and the greater value over the smaller, as in Cassandra, so that the order of writes does not matter.
 */
export class EmbeddedTable {
  readonly spec: TableSpec
  readonly #names: readonly string[]
  readonly #isFractional: readonly boolean[]
  readonly #clock: Clock
  readonly #partitionLength: number
  readonly #keyLength: number
  readonly #partitions = new Map<string, Partition>()
  #lastTime = 0

  constructor(spec: TableSpec, clock: Clock) {
    this.spec = spec
    this.#names = columnOrder(spec)
    this.#isFractional = this.#names.map((name) => ['float', 'double'].includes(spec.columns[name]!.cqlType))
    this.#clock = clock
    this.#partitionLength = spec.partitionKey.length
    this.#keyLength = this.#partitionLength + spec.clusteringKey.length
  }

  apply(row: WrittenRow, ttlSeconds: number | undefined): void {
    const { cells } = row
    // later than all before it, also than those with a write time of their own
    const time = row.writeTime ?? Math.max(this.#lastTime + 1, this.#clock.nowMs() * 1_000)
    if (time > this.#lastTime) this.#lastTime = time
    const stored = this.#stored(cells)
    const expiresAt = ttlSeconds === undefined ? Infinity : this.#clock.nowMs() + ttlSeconds * 1_000
    if (ttlSeconds !== undefined) stored.expiry ??= Array.from({ length: cells.length + 1 }, () => Infinity)
    if (time >= stored.time) {
      stored.time = time
      if (stored.expiry !== undefined) stored.expiry[cells.length] = expiresAt
    }
    for (let index = this.#keyLength; index < cells.length; index++) {
      const cell = cells[index]
      if (cell === undefined) continue
      const isFractional = this.#isFractional[index] === true
      if (!wins(time, cell, stored.times[index]!, stored.cells[index], isFractional)) continue
      stored.cells[index] = cell
      stored.times[index] = time
      if (stored.expiry !== undefined) stored.expiry[index] = expiresAt
    }
  }

  /** Rows of one partition in clustering order. */
  partition(key: Cells): readonly Cells[] {
    const partition = this.#partitions.get(keyText(key, 0, this.#partitionLength))
    return partition === undefined ? [] : this.#alive(partition)
  }

  *partitions(): Generator<readonly Cells[]> {
    for (const partition of this.#partitions.values()) yield this.#alive(partition)
  }

  get columnNames(): readonly string[] {
    return this.#names
  }

  #stored(cells: Cells): StoredRow {
    const key = keyText(cells, 0, this.#partitionLength)
    let partition = this.#partitions.get(key)
    if (partition === undefined) {
      partition = { rows: new Map(), sorted: undefined }
      this.#partitions.set(key, partition)
    }
    const clusteringKey = keyText(cells, this.#partitionLength, this.#keyLength)
    let row = partition.rows.get(clusteringKey)
    if (row === undefined) {
      row = {
        cells: cells.map((cell, index) => (index < this.#keyLength ? cell : null)),
        times: cells.map(() => never),
        expiry: undefined,
        time: never,
      }
      partition.rows.set(clusteringKey, row)
      partition.sorted = undefined
    }
    return row
  }

  #alive(partition: Partition): readonly Cells[] {
    partition.sorted ??= [...partition.rows.values()].sort((left, right) => this.#compare(left.cells, right.cells))
    const nowMs = this.#clock.nowMs()
    const alive: Cells[] = []
    for (const row of partition.sorted) {
      const cells = row.expiry === undefined ? row.cells : this.#unexpired(row.cells, row.expiry, nowMs)
      if (cells !== undefined) alive.push(cells)
    }
    return alive
  }

  /** An expired row is still there while one of its cells is. */
  #unexpired(cells: Cells, expiry: readonly number[], nowMs: number): Cells | undefined {
    const left = cells.map((cell, index) => (index < this.#keyLength || nowMs < expiry[index]! ? cell : null))
    const isAlive =
      nowMs < expiry[cells.length]! || left.some((cell, index) => index >= this.#keyLength && cell !== null)
    return isAlive ? left : undefined
  }

  #compare(left: Cells, right: Cells): number {
    for (let index = this.#partitionLength; index < this.#keyLength; index++) {
      const column = this.spec.columns[this.#names[index]!]!
      const order = column.compare(column.decode(left[index]), column.decode(right[index]))
      if (order !== 0) return order
    }
    return 0
  }
}

function wins(time: number, cell: unknown, otherTime: number, other: unknown, isFractional: boolean): boolean {
  if (time !== otherTime) return time > otherTime
  if (cell === null || other === null) return cell === null
  return Buffer.compare(bytesOf(cell, isFractional), bytesOf(other, isFractional)) > 0
}

/** What Cassandra compares when two writes have one time; big-endian and unsigned. */
function bytesOf(cell: unknown, isFractional: boolean): Buffer {
  if (cell instanceof Buffer) return cell
  if (typeof cell === 'string') return Buffer.from(cell)
  const bytes = Buffer.alloc(8)
  if (isFractional) bytes.writeDoubleBE(cell as number)
  else bytes.writeBigInt64BE(BigInt(cell as number | bigint | boolean))
  return bytes
}
