import type { ProcessorServices } from './processor.ts'

/** What a kind of window tells about its closing. All bounds are close times: stream time minus grace (and gap). */
export interface Closable {
  readonly graceMs: number
  /** The stream time that the store's content shows; -1 when it is empty. Asked once, before the first record. */
  recovered(): number
  /** Sends the results of the windows that closed after `fromMs` and by `toMs`, ordered by start, then key. */
  emitClosed(fromMs: number, toMs: number): void
  /** The close time by which every window in the store has closed; undefined for none open after `fromMs`. */
  closeTimeOfAll(fromMs: number): number | undefined
}

export interface ClosingOptions {
  readonly emit: 'on-update' | 'on-window-close'
  readonly closeOnIdleMs?: number
}

/**
 * Stream time of one windowed operation, and what follows from it: which windows have closed. Stream time is the
 * largest time of the records that the operation has seen, dropped ones included; a window that has closed stays so.
 * With 'on-window-close', windows are emitted as soon as a record moves the close time past them, before that record is
 * aggregated: its own windows are open, and none is lost to the store's retention however far time jumps.
 *
 * After a restart stream time is what the store shows, and what had closed by then counts as emitted. What closed for
 * silence alone is not remembered there: it may be emitted once more.
 */
export class Closing {
  readonly #closable: Closable
  readonly #emits: boolean
  readonly #idle: IdleTimer | undefined
  #streamTimeMs = -1
  #closeMs = Number.NEGATIVE_INFINITY
  #isRecovered = false

  constructor(closable: Closable, options: ClosingOptions, services: ProcessorServices) {
    this.#closable = closable
    this.#emits = options.emit === 'on-window-close'
    const { closeOnIdleMs } = options
    if (this.#emits && closeOnIdleMs !== undefined) {
      this.#idle = new IdleTimer(closeOnIdleMs, services, () => this.#closeAll())
    }
  }

  /** Takes notice of a record, emits what closes by it, and gives the close time. */
  observe(timestamp: number): number {
    if (!this.#isRecovered) this.#recover()
    this.#idle?.reset()
    if (timestamp > this.#streamTimeMs) {
      this.#streamTimeMs = timestamp
      this.#advance(timestamp - this.#closable.graceMs)
    }
    return this.#closeMs
  }

  #recover(): void {
    this.#isRecovered = true
    this.#streamTimeMs = this.#closable.recovered()
    if (this.#streamTimeMs >= 0) this.#closeMs = this.#streamTimeMs - this.#closable.graceMs
  }

  #advance(closeMs: number): void {
    if (closeMs <= this.#closeMs) return
    const from = this.#closeMs
    this.#closeMs = closeMs
    if (this.#emits) this.#closable.emitClosed(from, closeMs)
  }

  #closeAll(): void {
    if (!this.#isRecovered) this.#recover()
    const closeMs = this.#closable.closeTimeOfAll(this.#closeMs)
    if (closeMs !== undefined) this.#advance(closeMs)
  }
}

/**
 * One closing per input: each has a stream time of its own, as the processors of Kafka Streams' cogroup have. Where
 * windows are emitted once, on close, the inputs share one.
 */
export function closingsOf(
  closable: Closable,
  node: ClosingOptions & { readonly aggregators: readonly unknown[] },
  services: ProcessorServices,
): readonly Closing[] {
  const [first, ...more] = node.aggregators
  if (more.length === 0 || node.emit === 'on-window-close') {
    const shared = new Closing(closable, node, services)
    return [first, ...more].map(() => shared)
  }
  // the store tells of a time before the restart only until one of the inputs has written to it
  let recoveredMs: number | undefined
  const recovered = (): number => (recoveredMs ??= closable.recovered())
  return node.aggregators.map(() => new Closing({ ...closable, recovered }, node, services))
}

/** Calls back once there has been no record for a time; a call per record costs one reading of the clock. */
class IdleTimer {
  readonly #idleMs: number
  readonly #services: ProcessorServices
  readonly #callback: () => void
  #lastMs: number
  #cancel: (() => void) | undefined

  constructor(idleMs: number, services: ProcessorServices, callback: () => void) {
    this.#idleMs = idleMs
    this.#services = services
    this.#callback = callback
    this.#lastMs = services.nowMs()
    // the store may hold windows from before a restart
    this.#wait(idleMs)
  }

  reset(): void {
    this.#lastMs = this.#services.nowMs()
    if (this.#cancel === undefined) this.#wait(this.#idleMs)
  }

  #wait(delayMs: number): void {
    this.#cancel = this.#services.schedule(delayMs, 'wall-clock', (nowMs) => {
      this.#cancel?.()
      this.#cancel = undefined
      const restMs = this.#lastMs + this.#idleMs - nowMs
      if (restMs > 0) this.#wait(restMs)
      else this.#callback()
    })
  }
}
