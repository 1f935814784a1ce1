import { inChangelog, type ChangeState } from './change-state.ts'
import type { KeyId } from './held-key.ts'
import { partition } from './sorted-index.ts'
import type { TimedRow } from './timed-table.ts'
import type { Cell } from './value-format.ts'

/** One value of a key: of a window (time = start, minor = sequence number) or session (time = end, minor = start). */
export interface TimedEntry extends Cell, TimedRow {
  readonly owner: KeyEntries
  change: ChangeState
}

/** What a key has, ascending by time, then minor. */
export interface KeyEntries {
  readonly id: KeyId
  entries: TimedEntry[]
  /** Deleted, but not yet taken as a change. Same order. */
  graves: TimedEntry[] | undefined
  /** The expiry bucket that this key was added to last. */
  bucket: number | undefined
}

export function newEntry(owner: KeyEntries, time: number, minor: number, isTimestamped: boolean): TimedEntry {
  return isTimestamped ? new StampedEntry(owner, time, minor) : new PlainEntry(owner, time, minor)
}

export function entryAt(entries: readonly TimedEntry[], time: number, minor: number): TimedEntry | undefined {
  const entry = entries[lowerBound(entries, time, minor)]
  return entry !== undefined && entry.time === time && entry.minor === minor ? entry : undefined
}

/** Where the first entry at or behind this place stands. */
export function lowerBound(entries: readonly TimedEntry[], time: number, minor: number): number {
  const last = entries.at(-1)
  // Almost every new entry is the newest of its key.
  if (last === undefined || last.time < time) return entries.length
  return partition(entries, (entry) => entry.time < time || (entry.time === time && entry.minor < minor))
}

/**
 * The list with one entry more: the same one, or a new one. Most keys have one entry or two, and a list that was pushed
 * to has room for 16 more.
 */
export function withEntry(entries: TimedEntry[], entry: TimedEntry): TimedEntry[] {
  const first = entries[0]
  if (first === undefined) return [entry]
  const at = lowerBound(entries, entry.time, entry.minor)
  if (entries.length === 1) return at === 0 ? [entry, first] : [first, entry]
  if (at === entries.length) entries.push(entry)
  else entries.splice(at, 0, entry)
  return entries
}

export function removeEntry(entries: TimedEntry[], entry: TimedEntry): void {
  const at = lowerBound(entries, entry.time, entry.minor)
  if (entries[at] === entry) entries.splice(at, 1)
}

// Two shapes, so that cells without a time do not pay for one.
class PlainEntry implements TimedEntry {
  readonly owner: KeyEntries
  readonly time: number
  readonly minor: number
  held: unknown = undefined
  change: ChangeState = inChangelog

  constructor(owner: KeyEntries, time: number, minor: number) {
    this.owner = owner
    this.time = time
    this.minor = minor
  }

  get id(): KeyId {
    return this.owner.id
  }

  get timestamp(): number {
    return this.time
  }
}

class StampedEntry implements TimedEntry {
  readonly owner: KeyEntries
  readonly time: number
  readonly minor: number
  held: unknown = undefined
  change: ChangeState = inChangelog
  timestamp = 0

  constructor(owner: KeyEntries, time: number, minor: number) {
    this.owner = owner
    this.time = time
    this.minor = minor
  }

  get id(): KeyId {
    return this.owner.id
  }
}
