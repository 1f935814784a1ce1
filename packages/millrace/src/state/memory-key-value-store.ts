import type { KeyValueStore, RangeOptions, StoreChange } from '../ports/state-store.ts'
import { added, changed, inChangelog, type ChangeState } from './change-state.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import { recordBytes } from './record-bytes.ts'
import { prefixSide, rangeSide, type RangeSide } from './range-side.ts'
import { SortedIndex } from './sorted-index.ts'
import { storeClosed } from './store-closed.ts'
import type { Cell, ValueFormat } from './value-format.ts'

interface Entry extends Cell {
  readonly id: KeyId
  change: ChangeState
}

/**
 * A hash map of cells. The sorted index is built when a range is asked for the first time, and kept from then on.
 * Invariant: a cell that holds nothing stays in the map, not in the index, until its deletion has been taken.
 */
export class MemoryKeyValueStore<K, V> implements KeyValueStore<K, V> {
  readonly name: string
  readonly isPersistent = false
  readonly #keys: HeldKey<K>
  readonly #values: ValueFormat<V>
  readonly #isLogged: boolean
  readonly #entries = new Map<KeyId, Entry>()
  #changes: Entry[] = []
  #pendingBytes = 0
  #index: SortedIndex<KeyId> | undefined
  #size = 0
  #isClosed = false

  constructor(name: string, keys: HeldKey<K>, values: ValueFormat<V>, isLogged: boolean) {
    this.name = name
    this.#keys = keys
    this.#values = values
    this.#isLogged = isLogged
  }

  get size(): number {
    return this.#size
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Not of the port: processors know by it what kind of store they were given. */
  get isTimestamped(): boolean {
    return this.#values.isTimestamped
  }

  get(key: K): V | undefined {
    const entry = this.#find(key)
    return entry === undefined || entry.held === undefined ? undefined : this.#values.read(entry)
  }

  put(key: K, value: V | null | undefined): void {
    const id = this.#idOf(key)
    const entry = this.#entries.get(id)
    if (value === null || value === undefined) {
      if (entry !== undefined) this.#empty(entry)
    } else if (entry === undefined) {
      const fresh = this.#newEntry(id)
      this.#values.write(fresh, value)
      if (fresh.held !== undefined) this.#insert(fresh)
    } else {
      this.#overwrite(entry, value)
    }
  }

  putIfAbsent(key: K, value: V): V | undefined {
    const present = this.get(key)
    if (present === undefined) this.put(key, value)
    return present
  }

  delete(key: K): V | undefined {
    const entry = this.#find(key)
    if (entry === undefined || entry.held === undefined) return undefined
    const value = this.#values.read(entry)
    this.#empty(entry)
    return value
  }

  range(from: K | undefined, to: K | undefined, options?: RangeOptions): Iterable<readonly [K, V]> {
    const lowest = from === undefined || from === null ? undefined : this.#idOf(from)
    const highest = to === undefined || to === null ? undefined : this.#idOf(to)
    return this.#scan(rangeSide(this.#keys.compare, lowest, highest), options)
  }

  prefixScan(prefix: Buffer, options?: RangeOptions): Iterable<readonly [K, V]> {
    return this.#scan(
      prefixSide((id) => this.#keys.toBytes(id), prefix),
      options,
    )
  }

  all(options?: RangeOptions): Iterable<readonly [K, V]> {
    return this.#scan(() => 0, options)
  }

  takeChanges(): readonly StoreChange[] {
    const taken = this.#changes
    this.#changes = []
    this.#pendingBytes = 0
    const changes: StoreChange[] = []
    for (const entry of taken) {
      const isGone = entry.held === undefined
      if (isGone) this.#entries.delete(entry.id)
      if (!isGone || entry.change === changed) {
        const value = isGone ? null : this.#values.toBytes(entry)
        changes.push({ key: this.#keys.toBytes(entry.id), value, timestamp: entry.timestamp })
      }
      entry.change = inChangelog
    }
    return changes
  }

  restore(change: StoreChange): void {
    const id = this.#idFrom(change.key)
    const present = this.#entries.get(id)
    if (change.value === null) {
      if (present === undefined) return
      if (present.held !== undefined) this.#forget(present)
      present.held = undefined
      if (present.change === inChangelog) this.#entries.delete(id)
      return
    }
    const entry = present ?? this.#newEntry(id)
    const wasEmpty = entry.held === undefined
    this.#values.fromBytes(entry, change.value)
    if (present === undefined) this.#entries.set(id, entry)
    if (wasEmpty) this.#remember(entry)
  }

  touch(change: StoreChange): void {
    const id = this.#idFrom(change.key)
    if (!this.#isLogged) return
    const entry = this.#entries.get(id)
    if (entry === undefined) {
      const absent = this.#newEntry(id, change.timestamp)
      this.#entries.set(id, absent)
      this.#tell(absent, changed)
    } else if (entry.change === inChangelog) this.#tell(entry, changed)
    else entry.change = changed
  }

  close(): void {
    this.#isClosed = true
    this.#entries.clear()
    this.#changes = []
    this.#index = undefined
    this.#size = 0
  }

  #idOf(key: K): KeyId {
    if (this.#isClosed) throw storeClosed(this.name)
    return this.#keys.idOf(key)
  }

  #idFrom(bytes: Buffer): KeyId {
    if (this.#isClosed) throw storeClosed(this.name)
    return this.#keys.fromBytes(bytes)
  }

  #find(key: K): Entry | undefined {
    return this.#entries.get(this.#idOf(key))
  }

  #newEntry(id: KeyId, timestamp = 0): Entry {
    return this.#values.isTimestamped ? new TimedEntry(id, timestamp) : new PlainEntry(id)
  }

  #insert(entry: Entry): void {
    this.#entries.set(entry.id, entry)
    this.#remember(entry)
    if (this.#isLogged) this.#tell(entry, added)
  }

  #overwrite(entry: Entry, value: V): void {
    const wasEmpty = entry.held === undefined
    this.#values.write(entry, value)
    if (entry.held === undefined) {
      if (!wasEmpty) this.#emptied(entry)
      return
    }
    if (wasEmpty) this.#remember(entry)
    if (entry.change === inChangelog && this.#isLogged) this.#tell(entry, changed)
  }

  #empty(entry: Entry): void {
    if (entry.held === undefined) return
    entry.held = undefined
    this.#emptied(entry)
  }

  #emptied(entry: Entry): void {
    this.#forget(entry)
    if (!this.#isLogged) this.#entries.delete(entry.id)
    else if (entry.change === inChangelog) this.#tell(entry, changed)
  }

  #tell(entry: Entry, change: ChangeState): void {
    entry.change = change
    this.#changes.push(entry)
    this.#pendingBytes += recordBytes(entry.id, entry.held)
  }

  #remember(entry: Entry): void {
    this.#size += 1
    this.#index?.add(entry.id)
  }

  #forget(entry: Entry): void {
    this.#size -= 1
    this.#index?.delete(entry.id)
  }

  #sorted(): SortedIndex<KeyId> {
    if (this.#isClosed) throw storeClosed(this.name)
    if (this.#index !== undefined) return this.#index
    const present: KeyId[] = []
    for (const entry of this.#entries.values()) if (entry.held !== undefined) present.push(entry.id)
    this.#index = new SortedIndex(this.#keys.compare, present)
    return this.#index
  }

  *#scan(side: RangeSide<KeyId>, options?: RangeOptions): Generator<readonly [K, V], void, undefined> {
    for (const id of this.#sorted().scan(side, options?.reverse)) {
      const entry = this.#entries.get(id)
      if (entry !== undefined && entry.held !== undefined) yield [this.#keys.keyOf(id), this.#values.read(entry)]
    }
  }
}

// Two shapes, so that cells without a time do not pay for one.
class TimedEntry implements Entry {
  readonly id: KeyId
  held: unknown = undefined
  change: ChangeState = inChangelog
  timestamp: number

  constructor(id: KeyId, timestamp: number) {
    this.id = id
    this.timestamp = timestamp
  }
}

class PlainEntry implements Entry {
  readonly id: KeyId
  held: unknown = undefined
  change: ChangeState = inChangelog

  constructor(id: KeyId) {
    this.id = id
  }

  get timestamp(): number {
    return 0
  }
}
