/** Callbacks on a clock that somebody else moves: stream time, or the wall clock of a task (KIP-138). */
export class Punctuations {
  readonly #due = new DueQueue()

  /** When the next is due; Infinity for never. */
  get nextAt(): number {
    return this.#due.first?.nextAt ?? Infinity
  }

  /** First at `firstAt`, then every `intervalMs`. The result cancels. */
  add(firstAt: number, intervalMs: number, callback: (timestamp: number) => void): () => void {
    const entry: Entry = { nextAt: firstAt, intervalMs, callback, isCancelled: false }
    this.#due.add(entry)
    return () => {
      entry.isCancelled = true
    }
  }

  /** Calls back what is due, once each however many intervals have passed; also what a callback schedules for by now. */
  run(now: number): void {
    while (this.nextAt <= now) {
      const entry = this.#due.take()
      if (entry.isCancelled) continue
      entry.callback(now)
      if (entry.isCancelled) continue
      entry.nextAt += entry.intervalMs * (Math.floor((now - entry.nextAt) / entry.intervalMs) + 1)
      this.#due.add(entry)
    }
  }
}

interface Entry {
  nextAt: number
  readonly intervalMs: number
  readonly callback: (timestamp: number) => void
  isCancelled: boolean
}

/** A binary heap, earliest first. What is due at the same time comes in the order of Java's PriorityQueue. */
class DueQueue {
  readonly #heap: Entry[] = []

  get first(): Entry | undefined {
    return this.#heap[0]
  }

  add(entry: Entry): void {
    let at = this.#heap.length
    while (at > 0) {
      const parent = (at - 1) >>> 1
      const above = this.#heap[parent]!
      if (entry.nextAt >= above.nextAt) break
      this.#heap[at] = above
      at = parent
    }
    this.#heap[at] = entry
  }

  /** Only while there is a first. */
  take(): Entry {
    const first = this.#heap[0]!
    const last = this.#heap.pop()!
    if (this.#heap.length > 0) this.#sink(last)
    return first
  }

  #sink(entry: Entry): void {
    const heap = this.#heap
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child]!.nextAt > heap[child + 1]!.nextAt) child++
      if (entry.nextAt <= heap[child]!.nextAt) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = entry
  }
}
