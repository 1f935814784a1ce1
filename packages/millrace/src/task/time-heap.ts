/** What waits for its time. */
export interface Timed {
  /** ms */
  readonly at: number
}

/** A binary heap, earliest first. What has the same time comes in the order of Java's `PriorityQueue`. */
export class TimeHeap<T extends Timed> {
  readonly #heap: T[] = []

  get first(): T | undefined {
    return this.#heap[0]
  }

  add(item: T): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const parent = (place - 1) >>> 1
      const above = heap[parent]!
      if (item.at >= above.at) break
      heap[place] = above
      place = parent
    }
    heap[place] = item
  }

  take(): T | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
    return first
  }

  #sink(item: T): void {
    const heap = this.#heap
    let place = 0
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && heap[child]!.at > heap[child + 1]!.at) child++
      if (item.at <= heap[child]!.at) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = item
  }
}
