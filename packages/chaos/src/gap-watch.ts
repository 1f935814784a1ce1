import { systemClock } from 'millrace'

const everyMs = 25

/** Measures how long nothing was processed although there was something to process. */
export class GapWatch {
  readonly #consumed: () => number
  readonly #timer: ReturnType<typeof setInterval>
  #last = 0
  #sinceMs: number | undefined
  #longestMs = 0
  #isIdle: () => boolean

  constructor(consumed: () => number, isIdle: () => boolean) {
    this.#consumed = consumed
    this.#isIdle = isIdle
    this.#timer = setInterval(() => this.#look(), everyMs)
  }

  /** The longest gap since the last call, ms. */
  take(): number {
    this.#look()
    const longest = this.#longestMs
    this.#longestMs = 0
    return longest
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const nowMs = systemClock.nowMs()
    const consumed = this.#consumed()
    if (consumed !== this.#last || this.#isIdle()) {
      this.#last = consumed
      this.#sinceMs = consumed === 0 ? undefined : nowMs
    } else if (this.#sinceMs !== undefined) this.#longestMs = Math.max(this.#longestMs, nowMs - this.#sinceMs)
  }
}
