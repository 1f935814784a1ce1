import type { RecordHeaders } from '../ports/record.ts'

/** The last update of a key that waits, in the place of its first. */
export interface Buffered {
  /** Serialised, byte for byte as latin1: ties in time go by it. */
  readonly id: string
  readonly key: unknown
  /** What decides when it goes: set by the first update, kept by later ones. ms */
  readonly bufferTime: number
  /** What readers saw before the first update that waits; null for nothing. */
  readonly priorValue: unknown
  newValue: unknown
  oldValue: unknown
  timestamp: number
  headers: RecordHeaders
  bytes: number
}

/** Updates by key, and a heap that knows which goes first: the least buffer time, then the least key. */
export class SuppressBuffer {
  readonly #byId = new Map<string, Buffered>()
  readonly #heap: Buffered[] = []
  #bytes = 0

  get size(): number {
    return this.#heap.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get(id: string): Buffered | undefined {
    return this.#byId.get(id)
  }

  first(): Buffered | undefined {
    return this.#heap[0]
  }

  add(entry: Buffered): void {
    this.#byId.set(entry.id, entry)
    this.#bytes += entry.bytes
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
  }

  resize(entry: Buffered, bytes: number): void {
    this.#bytes += bytes - entry.bytes
    entry.bytes = bytes
  }

  removeFirst(): void {
    const first = this.#heap[0]
    if (first === undefined) return
    this.#byId.delete(first.id)
    this.#bytes -= first.bytes
    const last = this.#heap.pop()!
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(from: number): void {
    const heap = this.#heap
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(heap[parent]!, heap[at]!)) return
      swap(heap, at, parent)
      at = parent
    }
  }

  #sink(from: number): void {
    const heap = this.#heap
    let at = from
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child
      }
      if (least === at) return
      swap(heap, at, least)
      at = least
    }
  }
}

function isBefore(left: Buffered, right: Buffered): boolean {
  return left.bufferTime === right.bufferTime ? left.id < right.id : left.bufferTime < right.bufferTime
}

function swap(heap: Buffered[], left: number, right: number): void {
  const held = heap[left]!
  heap[left] = heap[right]!
  heap[right] = held
}
