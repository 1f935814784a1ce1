import { TimeHeap } from './time-heap.ts'

/** Callbacks on a clock that somebody else moves: stream time, or the wall clock of a task (KIP-138). */
export class Punctuations {
  readonly #due = new TimeHeap<Entry>()

  /** When the next is due; Infinity for never. */
  get nextAt(): number {
    return this.#due.first?.at ?? Infinity
  }

  /** First at `firstAt`, then every `intervalMs`. The result cancels. */
  add(firstAt: number, intervalMs: number, callback: (timestamp: number) => void): () => void {
    const entry: Entry = { at: firstAt, intervalMs, callback, isCancelled: false }
    this.#due.add(entry)
    return () => {
      entry.isCancelled = true
    }
  }

  /** Calls back what is due, once each however many intervals have passed; also what a callback schedules for by now. */
  run(now: number): void {
    while (this.nextAt <= now) {
      const entry = this.#due.take()!
      if (entry.isCancelled) continue
      entry.callback(now)
      if (entry.isCancelled) continue
      entry.at += entry.intervalMs * (Math.floor((now - entry.at) / entry.intervalMs) + 1)
      this.#due.add(entry)
    }
  }
}

interface Entry {
  at: number
  readonly intervalMs: number
  readonly callback: (timestamp: number) => void
  isCancelled: boolean
}
