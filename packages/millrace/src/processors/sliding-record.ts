import type { TimeWindow } from '../ports/state-store.ts'
import { type AggregateStep, failed } from './aggregate-step.ts'
import type { DropLate } from './late-records.ts'
import type { WindowResult, WindowResults } from './window-results.ts'

/** A window as it stood before the record. */
interface Standing {
  readonly start: number
  readonly result: WindowResult
}

/** What the windows around a record tell about those that it needs. */
interface Surroundings {
  /** The nearest window that ended before the record: all of it may lie in the record's own window. */
  left: Standing | undefined
  /** A window that holds the record and began latest: what it holds besides lies after the record, or with it. */
  right: WindowResult | undefined
  isLeftThere: boolean
  isRightThere: boolean
  /** Time of the last record before this one, as far as its right window may be missing. */
  previous: number | undefined
  readonly starts: Set<number>
}

/**
 * Puts one record into sliding windows. Windows are created so that each set of records has exactly one: the window
 * that ends with the record, the one that begins after it (if something lies there), and the one that begins after the
 * record before it. Windows never begin before 0: all records with a time below the difference share `[0, difference]`.
 */
export class SlidingRecord {
  readonly #differenceMs: number
  readonly #results: WindowResults
  readonly #step: AggregateStep
  readonly #dropLate: DropLate
  #key: unknown
  #value: unknown
  #timestamp = 0
  #closeMs = 0

  constructor(differenceMs: number, results: WindowResults, step: AggregateStep, dropLate: DropLate) {
    this.#differenceMs = differenceMs
    this.#results = results
    this.#step = step
    this.#dropLate = dropLate
  }

  aggregate(key: unknown, value: unknown, timestamp: number, closeMs: number): void {
    this.#key = key
    this.#value = value
    this.#timestamp = timestamp
    this.#closeMs = closeMs
    if (timestamp < this.#differenceMs) this.#aggregateEarly()
    else this.#aggregateUsual()
  }

  #aggregateUsual(): void {
    const found = this.#updateStanding()
    if (found === undefined) return
    const { left, previous } = found
    if (
      previous !== undefined &&
      !found.starts.has(previous + 1) &&
      previous + 1 + this.#differenceMs >= this.#timestamp
    ) {
      this.#createWindow(previous + 1)
    }
    if (!found.isLeftThere) {
      const start = this.#timestamp - this.#differenceMs
      if (left !== undefined && previous !== undefined && start <= previous) this.#createWindow(start, left)
      else this.#createWindow(start)
    }
    this.#createRight(found)
  }

  /** Updates the windows that hold the record, latest first. Gives undefined when nothing needs to be created. */
  #updateStanding(): Surroundings | undefined {
    const timestamp = this.#timestamp
    const found = surroundings()
    for (const standing of this.#standing(timestamp - 2 * this.#differenceMs, true)) {
      const { start, result } = standing
      const end = start + this.#differenceMs
      found.starts.add(start)
      if (start === timestamp + 1) {
        found.isRightThere = true
      } else if (end > timestamp) {
        found.right ??= result
        this.#update(standing)
      } else if (end === timestamp) {
        found.isLeftThere = true
        this.#update(standing)
        // a record of this very time has created all of its windows before
        if (result.timestamp >= timestamp) return undefined
        found.previous = result.timestamp
      } else {
        found.left = standing
        found.previous = result.timestamp
        break
      }
    }
    return found
  }

  #aggregateEarly(): void {
    const timestamp = this.#timestamp
    const found = surroundings()
    let shared: Standing | undefined
    for (const standing of this.#standing(0, false)) {
      const { start, result } = standing
      found.starts.add(start)
      if (start === 0) {
        shared = standing
        if (result.timestamp < timestamp) found.previous = result.timestamp
      } else if (start <= timestamp) {
        found.right = result
        this.#update(standing)
      } else {
        found.isRightThere = true
      }
    }
    // were there records on both sides of this one, a window that begins between them had been found
    if (found.right === undefined && shared !== undefined && shared.result.timestamp > timestamp)
      found.right = shared.result
    this.#createRight(found)
    if (found.previous !== undefined && !found.starts.has(found.previous + 1)) this.#createWindow(found.previous + 1)
    if (shared === undefined) this.#createWindow(0)
    else this.#update(shared)
  }

  #standing(from: number, isReverse: boolean): readonly Standing[] {
    const windows: Standing[] = []
    const range = this.#results.store.fetch(this.#key, Math.max(0, from), this.#timestamp + 1, { reverse: isReverse })
    for (const [start, result] of range) windows.push({ start, result })
    return windows
  }

  #update({ start, result }: Standing): void {
    const value = this.#isOpen(start) ? this.#step.next(result.value, this.#value, this.#key, start) : undefined
    this.#write(start, value, result.value, Math.max(this.#timestamp, result.timestamp))
  }

  /** A window with this record, and with those that `base` holds. */
  #createWindow(start: number, base?: Standing): void {
    if (!this.#isOpen(start)) return this.#write(start, undefined, null, 0)
    const value =
      base === undefined
        ? this.#step.first(this.#value, this.#key)
        : this.#step.next(base.result.value, this.#value, this.#key, base.start)
    this.#write(start, value, null, this.#timestamp)
  }

  /** The window after this record, if a later record lies in it; the record itself does not. */
  #createRight({ isRightThere, right }: Surroundings): void {
    if (isRightThere || right === undefined || right.timestamp <= this.#timestamp) return
    this.#results.write(
      this.#key,
      this.#window(this.#timestamp + 1),
      right.value,
      null,
      right.timestamp,
      this.#timestamp,
    )
  }

  /** `undefined`: the window has closed; the record is late for it. */
  #write(start: number, value: unknown, old: unknown, timestamp: number): void {
    if (value === undefined) this.#dropLate(this.#key, this.#value, this.#timestamp)
    else if (value !== failed)
      this.#results.write(this.#key, this.#window(start), value, old, timestamp, this.#timestamp)
  }

  #isOpen(start: number): boolean {
    return start + this.#differenceMs >= this.#closeMs
  }

  #window(start: number): TimeWindow {
    return { start, end: start + this.#differenceMs }
  }
}

function surroundings(): Surroundings {
  return {
    left: undefined,
    right: undefined,
    isLeftThere: false,
    isRightThere: false,
    previous: undefined,
    starts: new Set(),
  }
}
