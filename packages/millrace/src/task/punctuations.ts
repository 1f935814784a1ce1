/** Callbacks on a clock that somebody else moves: stream time, or the wall clock of a task (KIP-138). */
export class Punctuations {
  #entries: Entry[] = []
  /** When the next is due; Infinity for never. */
  nextAt: number = Infinity

  /** First at `firstAt`, then every `intervalMs`. The result cancels. */
  add(firstAt: number, intervalMs: number, callback: (timestamp: number) => void): () => void {
    const entry: Entry = { nextAt: firstAt, intervalMs, callback, isCancelled: false }
    this.#entries.push(entry)
    this.nextAt = Math.min(this.nextAt, firstAt)
    return () => {
      entry.isCancelled = true
    }
  }

  /** Calls back what is due, once each however many intervals have passed. */
  run(now: number): void {
    if (now < this.nextAt) return
    for (const entry of [...this.#entries].sort((left, right) => left.nextAt - right.nextAt)) {
      if (entry.isCancelled || now < entry.nextAt) continue
      entry.nextAt += entry.intervalMs * (Math.floor((now - entry.nextAt) / entry.intervalMs) + 1)
      entry.callback(now)
    }
    this.#entries = this.#entries.filter((entry) => !entry.isCancelled)
    this.nextAt = this.#entries.reduce((next, entry) => Math.min(next, entry.nextAt), Infinity)
  }
}

interface Entry {
  nextAt: number
  readonly intervalMs: number
  readonly callback: (timestamp: number) => void
  isCancelled: boolean
}
