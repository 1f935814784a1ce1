import { countName, graceMs, type TopologyName } from '../topologies.ts'

const hourMs = 3_600_000

/** What state and output must be, computed from the input as it stands in its topic. */
export interface ExpectedCounts {
  /** By name of the count. */
  readonly state: ReadonlyMap<string, number>
  /** Which of them the output has. */
  readonly closed: ReadonlySet<string>
}

/** Takes the input, each partition in its order. */
export class Expectation {
  readonly #topology: TopologyName
  readonly #state = new Map<string, number>()
  readonly #hours = new Map<string, { readonly partition: number; readonly endMs: number }>()
  readonly #streamTimes = new Map<number, number>()
  records = 0

  constructor(topology: TopologyName) {
    this.#topology = topology
  }

  add(partition: number, user: string, film: string, atMs: number): void {
    this.records++
    const streamTime = Math.max(this.#streamTimes.get(partition) ?? 0, atMs)
    this.#streamTimes.set(partition, streamTime)
    const start = Math.floor(atMs / hourMs) * hourMs
    if (this.#topology === 'suppressed' && start + hourMs + graceMs <= streamTime) return
    const name = countName(this.#topology === 'by-film' ? film : user, start)
    this.#state.set(name, (this.#state.get(name) ?? 0) + 1)
    this.#hours.set(name, { partition, endMs: start + hourMs })
  }

  counts(): ExpectedCounts {
    const closed = [...this.#hours].filter(([, { partition, endMs }]) => {
      return this.#topology !== 'suppressed' || endMs + graceMs <= this.#streamTimes.get(partition)!
    })
    return { state: this.#state, closed: new Set(closed.map(([name]) => name)) }
  }
}
