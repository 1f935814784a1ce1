import { rangeSide } from './range-side.ts'
import { SortedIndex } from './sorted-index.ts'
import { lowerBound, type KeyEntries, type TimedEntry } from './timed-entry.ts'

/** Which keys have something at which time. */
export class TimeIndex {
  readonly #times: SortedIndex<number>
  readonly #owners = new Map<number, Set<KeyEntries>>()

  constructor(owners: Iterable<KeyEntries>) {
    for (const owner of owners) for (const entry of owner.entries) this.#ownersAt(entry.time).add(owner)
    this.#times = new SortedIndex((a, b) => a - b, this.#owners.keys())
  }

  add(time: number, owner: KeyEntries): void {
    if (!this.#owners.has(time)) this.#times.add(time)
    this.#ownersAt(time).add(owner)
  }

  /** To be called when the entry is no longer among its owner's. */
  remove(time: number, owner: KeyEntries): void {
    if (owner.entries[lowerBound(owner.entries, time, Number.NEGATIVE_INFINITY)]?.time === time) return
    const owners = this.#owners.get(time)
    if (owners === undefined || !owners.delete(owner) || owners.size > 0) return
    this.#owners.delete(time)
    this.#times.delete(time)
  }

  /** The entries with `from ≤ time ≤ to`, by time, then in the order of `compare`. */
  *scan(from: number, to: number, compare: (a: TimedEntry, b: TimedEntry) => number, isReverse: boolean): Entries {
    for (const time of this.#times.scan(
      rangeSide((a, b) => a - b, from, to),
      isReverse,
    )) {
      const found: TimedEntry[] = []
      for (const { entries } of this.#owners.get(time) ?? []) {
        for (let at = lowerBound(entries, time, Number.NEGATIVE_INFINITY); entries[at]?.time === time; at += 1) {
          found.push(entries[at]!)
        }
      }
      found.sort(compare)
      if (isReverse) found.reverse()
      for (const entry of found) if (entry.held !== undefined) yield entry
    }
  }

  #ownersAt(time: number): Set<KeyEntries> {
    let owners = this.#owners.get(time)
    if (owners === undefined) this.#owners.set(time, (owners = new Set()))
    return owners
  }
}

type Entries = Generator<TimedEntry, void, undefined>
