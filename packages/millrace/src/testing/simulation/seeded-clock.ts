import type { Clock } from '../../ports/index.ts'
import type { Random } from './random.ts'

interface Scheduled {
  readonly atMs: number
  readonly order: number
  readonly callback: () => void
}

/** Lets every microtask that waits run; nothing else is waiting outside of the clock. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/**
 * The scheduler of a simulation. Time passes only when nothing else can happen; of what is due at one time, the seed
 * decides what comes first.
 */
export class SeededClock implements Clock {
  readonly #random: Random
  #nowMs: number
  readonly #waiting: Scheduled[] = []

  constructor(random: Random, startMs: number) {
    this.#random = random
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const one = { atMs: this.#nowMs + Math.max(0, Math.ceil(delayMs)), order: this.#random.next(), callback }
    this.#insert(one)
    return () => {
      const at = this.#waiting.indexOf(one)
      if (at >= 0) this.#waiting.splice(at, 1)
    }
  }

  yield(): Promise<void> {
    return this.sleep(0)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve)
    })
  }

  /** Runs what is scheduled until `done` says so, nothing is left, or it is `endMs`. Gives whether it is done. */
  async runUntil(done: () => boolean, endMs: number): Promise<boolean> {
    for (;;) {
      await settled()
      if (done()) return true
      const next = this.#waiting.at(-1)
      if (next === undefined || next.atMs > endMs) return false
      this.#waiting.pop()
      this.#nowMs = next.atMs
      next.callback()
    }
  }

  /** Latest first, so that the next is taken from the end. */
  #insert(one: Scheduled): void {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isLater(this.#waiting[middle]!, one)) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, one)
  }
}

function isLater(one: Scheduled, other: Scheduled): boolean {
  return one.atMs > other.atMs || (one.atMs === other.atMs && one.order > other.order)
}
