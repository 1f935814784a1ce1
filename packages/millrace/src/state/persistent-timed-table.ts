import type { StoreChange } from '../ports/state-store.ts'
import { changed, retracted, touched, type ChangeState } from './change-state.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import { measuredKey, orderedTime, orderedTimeLength, timeAt } from './ordered-time.ts'
import { stampOf } from './stamped-bytes.ts'
import type { StoreFile } from './store-file.ts'
import { retraction, type ChangelogKey, type CompareRows, type TimedRow, type TimedTable } from './timed-table.ts'
import { readHeld, writeHeld } from './value-bytes.ts'
import type { ValueFormat } from './value-format.ts'
import type { WriteBack } from './write-back.ts'

export interface PersistentTimedSettings {
  readonly name: string
  readonly kind: 'window' | 'session'
  readonly retentionMs: number
  readonly isLogged: boolean
}

interface StoredRow extends TimedRow {
  readonly held: string
}

interface Change extends TimedRow {
  readonly state: ChangeState
}

const dataRow = 'd'
const timeRow = 't'
const suffixLength = 2 * orderedTimeLength
const ownBytes = dataRow.length + 2 + suffixLength

/**
 * On disk: 'd', measured key, time, minor → value, so that what a key has stands together; and 't', time, minor, key →
 * nothing, for reading by time and for dropping what has expired, which happens with a flush.
 */
export class PersistentTimedTable<V> implements TimedTable<V> {
  readonly #settings: PersistentTimedSettings
  readonly #file: StoreFile
  readonly #rows: WriteBack
  readonly #keys: HeldKey<unknown>
  readonly #values: ValueFormat<V>
  #changes = new Map<string, Change>()
  #observedTime: number
  /** No row that was sealed, and so none on disk, is later. */
  #sealedTime: number
  #sequence: number
  #expiredPuts = 0

  constructor(settings: PersistentTimedSettings, file: StoreFile, keys: HeldKey<unknown>, values: ValueFormat<V>) {
    this.#settings = settings
    this.#file = file
    this.#rows = file.rows
    this.#keys = keys
    this.#values = values
    const [observedTime = -1, sequence = 0] =
      file.begin({
        name: `${values.isTimestamped ? 'timestamped-' : ''}${settings.kind} 1`,
        numbers: () => this.#numbers(),
        dropExpired: ([observed = -1]) => this.#dropExpired(observed - settings.retentionMs + 1),
      }) ?? []
    this.#observedTime = observedTime
    this.#sealedTime = observedTime
    this.#sequence = sequence
  }

  get observedTime(): number {
    return this.#observedTime
  }

  get expiredPuts(): number {
    return this.#expiredPuts
  }

  get pendingBytes(): number {
    return this.#rows.dirtyBytes
  }

  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0x7fff_ffff
    return this.#sequence
  }

  put(id: KeyId, time: number, minor: number, value: V | null | undefined): boolean {
    const isLatest = time > this.#observedTime
    if (!isLatest && time < this.#liveFrom()) {
      this.#expiredPuts += 1
      return false
    }
    const key = this.#keys.toLatin1(id)
    const row = dataRowOf(key, time, minor)
    this.#file.checkKey(row, ownBytes)
    const written = value === null || value === undefined ? undefined : writeHeld(this.#values, value)
    if (written !== undefined) this.#set(key, time, minor, written.held)
    const isTold = written !== undefined || this.#remove(key, time, minor) || isLatest
    if (isTold) this.#tell(row, { id, time, minor, state: changed })
    if (isLatest) this.#observedTime = time
    return true
  }

  get(id: KeyId, time: number, minor: number): V | undefined {
    this.#file.checkOpen()
    if (time < this.#liveFrom()) return undefined
    if (!Number.isFinite(minor)) {
      const [first] = this.ofKey(id, time, time)
      return first === undefined ? undefined : this.read(first)
    }
    const held = this.#rows.get(dataRowOf(this.#keys.toLatin1(id), time, minor))
    return held === undefined ? undefined : readHeld(this.#values, held)
  }

  ofKey(id: KeyId, from: number, to: number): StoredRow[] {
    this.#file.checkOpen()
    const prefix = dataRow + measuredKey(this.#keys.toLatin1(id))
    const found: StoredRow[] = []
    const first = Math.max(from, this.#liveFrom())
    const [low, high] = [prefix + orderedTime(first), prefix + orderedTime(to + 1)]
    const rows = first > this.#sealedTime ? this.#rows.scanDirty(low, high) : this.#rows.scan(low, high)
    for (const [row, held] of rows) {
      found.push({ id, time: timeAt(row, prefix.length), minor: timeAt(row, prefix.length + orderedTimeLength), held })
    }
    return found
  }

  *byTime(from: number, to: number, compare: CompareRows, isReverse = false): Generator<StoredRow, void, undefined> {
    this.#file.checkOpen()
    let group: StoredRow[] = []
    const low = timeRow + orderedTime(Math.max(from, this.#liveFrom()))
    for (const [row] of this.#rows.scan(low, timeRow + orderedTime(to + 1), isReverse)) {
      const stored = this.#storedAt(row)
      if (stored === undefined) continue
      if (group.length > 0 && group[0]!.time !== stored.time) {
        yield* inOrder(group, compare, isReverse)
        group = []
      }
      group.push(stored)
    }
    yield* inOrder(group, compare, isReverse)
  }

  read(row: StoredRow): V {
    return readHeld(this.#values, row.held)
  }

  takeChanges(keyOf: ChangelogKey): StoreChange[] {
    const taken = this.#changes
    this.#changes = new Map()
    const changes: StoreChange[] = []
    const liveFrom = this.#liveFrom()
    for (const [row, change] of taken) {
      const key = keyOf(change)
      const held = this.#rows.get(row)
      if (change.state === retracted || (held === undefined && change.state === touched)) {
        changes.push(retraction(key, this.#observedTime))
      } else if (held === undefined) changes.push({ key, value: null, timestamp: change.time })
      if (held !== undefined) {
        const value = bytesOf(held)
        changes.push({ key, value, timestamp: this.#timestampOf(value, change.time) })
      }
      if (change.time < liveFrom && change.time > this.#sealedTime) this.#forgetExpired(row, change)
    }
    this.#file.seal()
    return changes
  }

  restore(id: KeyId, time: number, minor: number, change: StoreChange): void {
    const key = this.#keys.toLatin1(id)
    this.#file.checkKey(dataRowOf(key, time, minor), ownBytes)
    const { value } = change
    if (value !== null) this.#timestampOf(value, time)
    this.#file.restore(() => {
      if (this.#settings.kind === 'window') this.#sequence = Math.max(this.#sequence, minor)
      if (value === null) this.#remove(key, time, minor)
      else this.#set(key, time, minor, latin1Of(value))
      this.#observedTime = change.isRetraction ? change.timestamp : Math.max(this.#observedTime, time)
    })
  }

  touch(id: KeyId, time: number, minor: number, change: StoreChange): void {
    this.#file.checkOpen()
    const row = dataRowOf(this.#keys.toLatin1(id), time, minor)
    this.#tell(row, { id, time, minor, state: change.isRetraction ? retracted : touched })
  }

  clear(): void {
    this.#file.close()
  }

  #liveFrom(): number {
    return this.#observedTime - this.#settings.retentionMs + 1
  }

  #numbers(): readonly number[] {
    this.#sealedTime = Math.max(this.#sealedTime, this.#observedTime)
    return [this.#observedTime, this.#sequence]
  }

  /** It came and went between two flushes, and never has to be written. */
  #forgetExpired(row: string, { id, time, minor }: Change): void {
    this.#rows.forgetDirty(row)
    this.#rows.forgetDirty(timeRowOf(this.#keys.toLatin1(id), time, minor))
  }

  #tell(row: string, change: Change): void {
    if (!this.#settings.isLogged) return
    // Somebody else's record is answered, whatever we write besides.
    const before = this.#changes.get(row)
    if (before === undefined || change.state > before.state) this.#changes.set(row, change)
  }

  #timestampOf(value: Buffer, time: number): number {
    return this.#values.isTimestamped ? stampOf(value, this.#settings.name) : time
  }

  #set(key: string, time: number, minor: number, held: string): void {
    const row = dataRowOf(key, time, minor)
    if (!this.#rows.isPending(row)) this.#rows.set(timeRowOf(key, time, minor), '')
    this.#rows.set(row, held)
  }

  #remove(key: string, time: number, minor: number): boolean {
    const row = dataRowOf(key, time, minor)
    if (this.#rows.get(row) === undefined) return false
    this.#rows.set(row, null)
    this.#rows.set(timeRowOf(key, time, minor), null)
    return true
  }

  #storedAt(row: string): StoredRow | undefined {
    const time = timeAt(row, timeRow.length)
    const minor = timeAt(row, timeRow.length + orderedTimeLength)
    const key = row.slice(timeRow.length + suffixLength)
    const held = this.#rows.get(dataRowOf(key, time, minor))
    return held === undefined ? undefined : { id: this.#keys.fromBytes(bytesOf(key)), time, minor, held }
  }

  #dropExpired(liveFrom: number): void {
    for (const [row] of this.#rows.scanStored(timeRow, timeRow + orderedTime(liveFrom))) {
      const key = row.slice(timeRow.length + suffixLength)
      this.#rows.drop(row)
      this.#rows.drop(dataRowOf(key, timeAt(row, timeRow.length), timeAt(row, timeRow.length + orderedTimeLength)))
    }
  }
}

function dataRowOf(key: string, time: number, minor: number): string {
  return dataRow + measuredKey(key) + orderedTime(time) + orderedTime(minor)
}

function timeRowOf(key: string, time: number, minor: number): string {
  return timeRow + orderedTime(time) + orderedTime(minor) + key
}

function inOrder(group: StoredRow[], compare: CompareRows, isReverse: boolean): readonly StoredRow[] {
  group.sort(compare)
  return isReverse ? group.reverse() : group
}
