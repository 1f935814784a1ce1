/** The rows that were written between two flushes. */
export interface FlushEpoch {
  pending: number
  readonly waiting: Waiting[]
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * Tells a flush when every row that was written before it is done, though others are written meanwhile. A flush closes
 * an epoch; epochs end in order.
 */
export class FlushEpochs {
  #epochs: FlushEpoch[] = [newEpoch()]

  get current(): FlushEpoch {
    return this.#epochs.at(-1)!
  }

  /** Resolves when every epoch up to the current one has ended. */
  ended(): Promise<void> {
    if (this.current.pending > 0) this.#epochs.push(newEpoch())
    const last = this.#epochs.at(-2)
    if (last === undefined) return Promise.resolve()
    return new Promise((resolve, reject) => {
      last.waiting.push({ resolve, reject })
    })
  }

  rowDone(epoch: FlushEpoch): void {
    epoch.pending -= 1
    while (this.#epochs.length > 1 && this.#epochs[0]!.pending === 0) {
      for (const { resolve } of this.#epochs.shift()!.waiting) resolve()
    }
  }

  fail(reason: unknown): void {
    const waiting = this.#epochs.flatMap((epoch) => epoch.waiting.splice(0))
    for (const { reject } of waiting) reject(reason)
  }
}

function newEpoch(): FlushEpoch {
  return { pending: 0, waiting: [] }
}
