import type { Clock } from '../../ports/index.ts'
import type { Joined } from './group-member.ts'
import type { PartitionFetcher } from './partition-fetcher.ts'

/** Why a generation ends. */
export type GenerationEnd =
  | { readonly kind: 'rebalance' }
  /** The group has gone on without this member: nothing can be committed any more. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * The time between a join and the next. It *ends* once, for one reason; between its end and its being *over* the
 * owner has time to commit.
 */
export class Generation {
  readonly number: number
  readonly joined: Joined
  readonly fetcher: PartitionFetcher
  readonly ended: Promise<GenerationEnd>
  /** Settles when `onAssigned` has answered; true if it resolved. */
  assigned: Promise<boolean> = Promise.resolve(false)
  end: GenerationEnd | null = null
  isOver = false
  readonly #clock: Clock
  #resolveEnd: (end: GenerationEnd) => void = () => {}
  readonly #naps = new Set<() => void>()

  constructor(number: number, joined: Joined, fetcher: PartitionFetcher, clock: Clock) {
    this.number = number
    this.joined = joined
    this.fetcher = fetcher
    this.#clock = clock
    this.ended = new Promise((resolve) => {
      this.#resolveEnd = resolve
    })
  }

  /** Only the first call counts, but being fenced overrules what still allows commits. */
  finish(end: GenerationEnd): void {
    if (this.end && !(end.kind === 'fenced' && !this.isOver)) return
    this.end = end
    this.fetcher.stop()
    this.#resolveEnd(end)
  }

  close(): void {
    this.isOver = true
    for (const wake of this.#naps) wake()
  }

  /** Waits, but not longer than the generation. */
  nap(delayMs: number): Promise<void> {
    if (this.isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel()
        this.#naps.delete(wake)
        resolve()
      }
      const cancel = this.#clock.schedule(delayMs, wake)
      this.#naps.add(wake)
    })
  }
}
