const minRequests = 4
const firstRequests = 64
/** Latency from which on the server is thought to queue, ms. Healthy nodes answer in 1 to 50. */
const slowMs = 250

/**
 * How many requests may be under way, for all writers of a store: one more per round trip while all is well, half when
 * the server says it is overloaded or does not answer, a tenth less when it gets slow.
 */
export class RequestLimit {
  readonly max: number
  #limit: number
  #inFlight = 0
  #shrunkAtMs = Number.NEGATIVE_INFINITY
  readonly #waiting: (() => void)[] = []

  constructor(max: number) {
    this.max = max
    this.#limit = Math.min(firstRequests, max)
  }

  get limit(): number {
    return Math.floor(this.#limit)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  tryAcquire(): boolean {
    if (this.#inFlight >= Math.floor(this.#limit)) return false
    this.#inFlight += 1
    return true
  }

  /** Calls back once when a place may be free. */
  wait(resume: () => void): void {
    this.#waiting.push(resume)
  }

  release(): void {
    this.#inFlight -= 1
    while (this.#waiting.length > 0 && this.#inFlight < Math.floor(this.#limit)) this.#waiting.shift()!()
  }

  succeeded(startedMs: number, nowMs: number): void {
    if (nowMs - startedMs > slowMs) this.#shrink(0.9, startedMs, nowMs)
    else if (this.#inFlight + 1 >= this.#limit) this.#limit = Math.min(this.max, this.#limit + 1 / this.#limit)
  }

  failed(startedMs: number, nowMs: number): void {
    this.#shrink(0.5, startedMs, nowMs)
  }

  /** Once per round trip: what was sent before the last time has no news. */
  #shrink(factor: number, startedMs: number, nowMs: number): void {
    if (startedMs < this.#shrunkAtMs) return
    this.#shrunkAtMs = nowMs
    this.#limit = Math.max(Math.min(minRequests, this.max), this.#limit * factor)
  }
}
