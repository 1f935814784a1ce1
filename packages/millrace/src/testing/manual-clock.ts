import type { Clock } from '../ports/index.ts'

interface Scheduled {
  readonly atMs: number
  readonly callback: () => void
}

/** A clock that only a test moves, from `startMs` on (default 0). */
export function manualClock(startMs: number = 0): ManualClock {
  return new ManualClock(startMs)
}

/** A clock that only a test moves. `yield` lets real I/O run; it does not move time. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #scheduled = new Set<Scheduled>()

  constructor(startMs = 0) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const one = { atMs: this.#nowMs + delayMs, callback }
    this.#scheduled.add(one)
    return () => this.#scheduled.delete(one)
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve)
    })
  }

  /** Callbacks that wait for their time. */
  get waiting(): number {
    return this.#scheduled.size
  }

  /** Moves time; what becomes due is called in the order of its time, and may schedule more. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs
    for (;;) {
      const due = [...this.#scheduled].filter((one) => one.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.#scheduled.delete(due)
      this.#nowMs = Math.max(this.#nowMs, due.atMs)
      due.callback()
    }
    this.#nowMs = endMs
  }
}
