import type { StoreChange } from '../ports/state-store.ts'
import { added, changed, inChangelog, retracted, touched, type ChangeState } from './change-state.ts'
import { ExpiryBuckets } from './expiry-buckets.ts'
import type { KeyId } from './held-key.ts'
import { recordBytes } from './record-bytes.ts'
import {
  entryAt,
  lowerBound,
  newEntry,
  removeEntry,
  withEntry,
  type KeyEntries,
  type TimedEntry,
} from './timed-entry.ts'
import { retraction, type ChangelogKey, type TimedTable } from './timed-table.ts'
import { TimeIndex } from './time-index.ts'
import type { ValueFormat } from './value-format.ts'

/**
 * Values by key and time with a retention: under window and session stores. A key is found by hash and its entries by
 * halving, however many other keys there are; the index by time is built when it is asked for the first time.
 * Invariant: what is expired (`time ≤ observed − retention`) is never handed out, though it may stand here a sixteenth
 * of the retention longer. Nothing is dropped by a restore: the observed time may go back at a retraction.
 */
export class MemoryTimedTable<V> implements TimedTable<V> {
  readonly #retentionMs: number
  readonly #isLogged: boolean
  readonly #values: ValueFormat<V>
  readonly #owners = new Map<KeyId, KeyEntries>()
  readonly #expiry: ExpiryBuckets<KeyEntries>
  #byTime: TimeIndex | undefined
  #changes: TimedEntry[] = []
  #pendingBytes = 0
  #observedTime = -1
  #expiredPuts = 0
  #sequence = 0

  constructor(retentionMs: number, values: ValueFormat<V>, isLogged: boolean) {
    this.#retentionMs = retentionMs
    this.#values = values
    this.#isLogged = isLogged
    this.#expiry = new ExpiryBuckets(retentionMs)
  }

  get observedTime(): number {
    return this.#observedTime
  }

  get expiredPuts(): number {
    return this.#expiredPuts
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0x7fff_ffff
    return this.#sequence
  }

  /** False when it has expired. null deletes. */
  put(id: KeyId, time: number, minor: number, value: V | null | undefined): boolean {
    const isLatest = time > this.#observedTime
    const owner = this.#owners.get(id)
    if (!isLatest && time < this.#liveFrom()) {
      this.#expiredPuts += 1
      return false
    }
    if (value === null || value === undefined) this.#bury(id, owner, time, minor, isLatest)
    else this.#write(id, owner, time, minor, value)
    if (isLatest) this.#observe(time)
    return true
  }

  get(id: KeyId, time: number, minor: number): V | undefined {
    const owner = this.#owners.get(id)
    if (owner === undefined || time < this.#liveFrom()) return undefined
    const entry = owner.entries[lowerBound(owner.entries, time, minor)]
    return entry !== undefined && entry.time === time ? this.#values.read(entry) : undefined
  }

  /** A copy of the entries of a key with `from ≤ time ≤ to`, ascending. */
  ofKey(id: KeyId, from: number, to: number): TimedEntry[] {
    const owner = this.#owners.get(id)
    if (owner === undefined) return []
    const first = lowerBound(owner.entries, Math.max(from, this.#liveFrom()), Number.NEGATIVE_INFINITY)
    return owner.entries.slice(first, lowerBound(owner.entries, to, Number.POSITIVE_INFINITY))
  }

  /** The entries of all keys with `from ≤ time ≤ to`, by time, then in the order of `compare`. */
  byTime(
    from: number,
    to: number,
    compare: (a: TimedEntry, b: TimedEntry) => number,
    isReverse = false,
  ): Generator<TimedEntry, void, undefined> {
    this.#byTime ??= new TimeIndex(this.#owners.values())
    return this.#byTime.scan(Math.max(from, this.#liveFrom()), to, compare, isReverse)
  }

  read(entry: TimedEntry): V {
    return this.#values.read(entry)
  }

  takeChanges(keyOf: ChangelogKey): StoreChange[] {
    const taken = this.#changes
    this.#changes = []
    this.#pendingBytes = 0
    const changes: StoreChange[] = []
    for (const entry of taken) {
      this.#pushChanges(changes, entry, keyOf)
      entry.change = inChangelog
      entry.owner.graves = undefined
      this.#leaveIfEmpty(entry.owner)
    }
    return changes
  }

  restore(id: KeyId, time: number, minor: number, change: StoreChange): void {
    this.#sequence = Math.max(this.#sequence, minor)
    const owner = this.#owners.get(id)
    const present = owner === undefined ? undefined : entryAt(owner.entries, time, minor)
    if (change.value !== null) {
      const entry = present ?? newEntry(owner ?? this.#newOwner(id), time, minor, this.#values.isTimestamped)
      this.#values.fromBytes(entry, change.value)
      if (present === undefined) this.#insert(entry)
    } else if (present !== undefined) {
      this.#remove(present)
    }
    this.#observedTime = change.isRetraction ? change.timestamp : Math.max(this.#observedTime, time)
  }

  touch(id: KeyId, time: number, minor: number, change: StoreChange): void {
    if (!this.#isLogged) return
    const owner = this.#owners.get(id) ?? this.#newOwner(id)
    const present = entryAt(owner.entries, time, minor) ?? graveAt(owner, time, minor)
    const entry = present ?? newEntry(owner, time, minor, this.#values.isTimestamped)
    if (present === undefined) this.#addGrave(entry)
    const state = change.isRetraction || entry.change === retracted ? retracted : touched
    if (entry.change === inChangelog) this.#tell(entry, state)
    else entry.change = state
  }

  clear(): void {
    this.#owners.clear()
    this.#expiry.clear()
    this.#byTime = undefined
    this.#changes = []
  }

  #liveFrom(): number {
    return this.#observedTime - this.#retentionMs + 1
  }

  #observe(time: number): void {
    this.#observedTime = time
    this.#expiry.expire(this.#liveFrom(), (owner) => this.#dropExpired(owner))
  }

  #write(id: KeyId, known: KeyEntries | undefined, time: number, minor: number, value: V): void {
    const present = known === undefined ? undefined : entryAt(known.entries, time, minor)
    if (present !== undefined) {
      this.#values.write(present, value)
      if (present.held === undefined) this.#removeTold(present)
      else if (this.#isLogged && present.change === inChangelog) this.#tell(present, changed)
      return
    }
    const grave = graveAt(known, time, minor)
    const entry = grave ?? newEntry(known ?? this.#newOwner(id), time, minor, this.#values.isTimestamped)
    this.#values.write(entry, value)
    if (entry.held === undefined) return
    if (grave !== undefined) removeEntry(entry.owner.graves!, grave)
    else if (this.#isLogged) this.#tell(entry, added)
    this.#insert(entry)
  }

  #bury(id: KeyId, known: KeyEntries | undefined, time: number, minor: number, isLatest: boolean): void {
    const present = known === undefined ? undefined : entryAt(known.entries, time, minor)
    if (present !== undefined) {
      this.#removeTold(present)
    } else if (isLatest && this.#isLogged && graveAt(known, time, minor) === undefined) {
      const entry = newEntry(known ?? this.#newOwner(id), time, minor, this.#values.isTimestamped)
      this.#addGrave(entry)
      this.#tell(entry, added)
    }
  }

  #removeTold(entry: TimedEntry): void {
    if (this.#isLogged) {
      entry.owner.graves = withEntry(entry.owner.graves ?? [], entry)
      if (entry.change === inChangelog) this.#tell(entry, changed)
    }
    this.#remove(entry)
  }

  #addGrave(entry: TimedEntry): void {
    this.#owners.set(entry.owner.id, entry.owner)
    entry.owner.graves = withEntry(entry.owner.graves ?? [], entry)
  }

  #tell(entry: TimedEntry, change: ChangeState): void {
    entry.change = change
    this.#changes.push(entry)
    this.#pendingBytes += recordBytes(entry.id, entry.held)
  }

  #pushChanges(changes: StoreChange[], entry: TimedEntry, keyOf: ChangelogKey): void {
    const { change, time } = entry
    const isGone = entry.held === undefined
    if (change === retracted || (isGone && change === touched)) {
      changes.push(retraction(keyOf(entry), this.#observedTime))
    }
    // Whoever restores from the changes must come to the same observed time.
    else if (isGone && (change === changed || time === this.#observedTime)) {
      changes.push({ key: keyOf(entry), value: null, timestamp: time })
    }
    if (!isGone) changes.push({ key: keyOf(entry), value: this.#values.toBytes(entry), timestamp: entry.timestamp })
  }

  #newOwner(id: KeyId): KeyEntries {
    return { id, entries: [], graves: undefined, bucket: undefined }
  }

  #insert(entry: TimedEntry): void {
    const { owner, time } = entry
    if (owner.entries.length === 0) this.#owners.set(owner.id, owner)
    owner.entries = withEntry(owner.entries, entry)
    const bucket = this.#expiry.bucketOf(time)
    if (owner.bucket !== bucket) {
      owner.bucket = bucket
      this.#expiry.add(bucket, owner)
    }
    this.#byTime?.add(time, owner)
  }

  #remove(entry: TimedEntry): void {
    entry.held = undefined
    removeEntry(entry.owner.entries, entry)
    this.#byTime?.remove(entry.time, entry.owner)
    this.#leaveIfEmpty(entry.owner)
  }

  #dropExpired(owner: KeyEntries): void {
    const dropped = owner.entries.splice(0, lowerBound(owner.entries, this.#liveFrom(), Number.NEGATIVE_INFINITY))
    if (this.#byTime !== undefined) for (const { time } of dropped) this.#byTime.remove(time, owner)
    this.#leaveIfEmpty(owner)
  }

  #leaveIfEmpty(owner: KeyEntries): void {
    const isEmpty = owner.entries.length === 0 && owner.graves === undefined
    if (isEmpty && this.#owners.get(owner.id) === owner) this.#owners.delete(owner.id)
  }
}

function graveAt(owner: KeyEntries | undefined, time: number, minor: number): TimedEntry | undefined {
  return owner?.graves === undefined ? undefined : entryAt(owner.graves, time, minor)
}
