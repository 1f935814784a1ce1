import type { StoreChange, ValueAndTimestamp, VersionedKeyValueStore } from '../ports/state-store.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'
import type { HeldKey } from './held-key.ts'
import type { HeldValue } from './held-value.ts'
import { isLatestVersion, tooOldVersion, type VersionedStoreSettings } from './memory-versioned-store.ts'
import { measuredKey, orderedTime, orderedTimeLength, timeAt } from './ordered-time.ts'
import type { StoreFile } from './store-file.ts'
import { checkTimestamp } from './value-format.ts'
import type { WriteBack } from './write-back.ts'

interface Version {
  readonly timestamp: number
  /** A mark, then the value's bytes. */
  readonly marked: string
}

interface Change {
  readonly key: string
  readonly timestamp: number
  readonly isTouched: boolean
}

const latestRow = 'l'
const historyRow = 'h'
const timeRow = 't'
const behindTimes = 'u'
const tombstone = 't'
const valueMark = 'v'
const ownBytes = historyRow.length + 2 + orderedTimeLength

/**
 * On disk: 'l', key → time and value of the latest version; 'h', measured key, time → value of an older one; 't', time,
 * key → nothing, so that a flush finds what has left the history.
 */
export class PersistentVersionedStore<K, V> implements VersionedKeyValueStore<K, V> {
  readonly name: string
  readonly isPersistent = true
  readonly historyMs: number
  readonly #isLogged: boolean
  readonly #file: StoreFile
  readonly #rows: WriteBack
  readonly #keys: HeldKey<K>
  readonly #values: HeldValue<V>
  #changes = new Map<string, Change>()
  #observedTime: number
  #expiredPuts = 0

  constructor(settings: VersionedStoreSettings, file: StoreFile, keys: HeldKey<K>, values: HeldValue<V>) {
    this.name = settings.name
    this.historyMs = settings.historyMs
    this.#isLogged = settings.isLogged
    this.#file = file
    this.#rows = file.rows
    this.#keys = keys
    this.#values = values
    const [observedTime = -1] =
      file.begin({
        name: 'versioned 1',
        numbers: () => [this.#observedTime],
        dropExpired: ([observed = -1]) => this.#dropExpired(observed - settings.historyMs),
      }) ?? []
    this.#observedTime = observedTime
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

  put(key: K, value: V | null, timestamp: number): number {
    const text = this.#textOf(key)
    checkTimestamp(timestamp, this.name)
    if (timestamp < this.#observedTime - this.historyMs) {
      this.#expiredPuts += 1
      return tooOldVersion
    }
    const held = value === null || value === undefined ? undefined : this.#values.hold(value)
    const validTo = this.#write(text, held === undefined ? null : this.#values.toBytes(held), timestamp)
    if (this.#isLogged) this.#changes.set(historyRowOf(text, timestamp), { key: text, timestamp, isTouched: false })
    return validTo
  }

  get(key: K): ValueAndTimestamp<V> | undefined {
    return this.#read(this.#latest(this.#textOf(key)))
  }

  getAsOf(key: K, asOf: number): ValueAndTimestamp<V> | undefined {
    const text = this.#textOf(key)
    const latest = this.#latest(text)
    if (latest === undefined || latest.timestamp <= asOf) return this.#read(latest)
    return asOf < this.#observedTime - this.historyMs ? undefined : this.#read(this.#olderAt(text, asOf))
  }

  delete(key: K, timestamp: number): ValueAndTimestamp<V> | undefined {
    checkTimestamp(timestamp, this.name)
    const present = this.getAsOf(key, timestamp)
    return this.put(key, null, timestamp) === tooOldVersion ? undefined : present
  }

  takeChanges(): readonly StoreChange[] {
    const taken = this.#changes
    this.#changes = new Map()
    const changes: StoreChange[] = []
    const behindLatest = new Set<string>()
    for (const { key, timestamp, isTouched } of taken.values()) {
      const latest = this.#latest(key)
      const isLatest = latest?.timestamp === timestamp
      const marked = isLatest ? latest.marked : this.#rows.get(historyRowOf(key, timestamp))
      if (marked !== undefined) changes.push(changeOf(key, { timestamp, marked }))
      else if (isTouched) changes.push({ key: bytesOf(key), value: null, timestamp, isRetraction: true })
      else changes.push({ key: bytesOf(key), value: null, timestamp })
      if (isLatest) behindLatest.delete(key)
      else behindLatest.add(key)
    }
    for (const key of behindLatest) {
      const latest = this.#latest(key)
      if (latest !== undefined) changes.push(changeOf(key, latest))
    }
    this.#file.seal()
    return changes
  }

  restore(change: StoreChange): void {
    const { timestamp, value, isRetraction } = change
    checkTimestamp(timestamp, this.name)
    const key = latin1Of(change.key)
    this.#file.restore(() => {
      if (isRetraction) this.#retract(key, timestamp)
      else this.#write(key, value, timestamp)
    })
  }

  touch(change: StoreChange): void {
    this.#file.checkOpen()
    if (!this.#isLogged) return
    const key = latin1Of(change.key)
    const row = historyRowOf(key, change.timestamp)
    if (!this.#changes.has(row)) this.#changes.set(row, { key, timestamp: change.timestamp, isTouched: true })
  }

  close(): void {
    this.#file.close()
  }

  #textOf(key: K): string {
    this.#file.checkOpen()
    return this.#keys.toLatin1(this.#keys.idOf(key))
  }

  #latest(key: string): Version | undefined {
    const row = this.#rows.get(latestRow + key)
    return row === undefined ? undefined : { timestamp: timeAt(row, 0), marked: row.slice(orderedTimeLength) }
  }

  #olderAt(key: string, asOf: number): Version | undefined {
    const prefix = historyRow + measuredKey(key)
    for (const [row, marked] of this.#rows.scan(prefix, prefix + orderedTime(asOf + 1), true)) {
      return { timestamp: timeAt(row, prefix.length), marked }
    }
    return undefined
  }

  #read(version: Version | undefined): ValueAndTimestamp<V> | undefined {
    if (version === undefined || version.marked.startsWith(tombstone)) return undefined
    const held = this.#values.fromBytes(bytesOf(version.marked.slice(1)))
    return { value: this.#values.read(held), timestamp: version.timestamp }
  }

  #write(key: string, value: Buffer | null, timestamp: number): number {
    this.#file.checkKey(historyRowOf(key, timestamp), ownBytes)
    const marked = value === null ? tombstone : valueMark + latin1Of(value)
    const latest = this.#latest(key)
    this.#rows.set(timeRow + orderedTime(timestamp) + key, '')
    let validTo: number = isLatestVersion
    if (latest === undefined || timestamp >= latest.timestamp) {
      if (latest !== undefined && timestamp > latest.timestamp) {
        this.#rows.set(historyRowOf(key, latest.timestamp), latest.marked)
      }
      this.#rows.set(latestRow + key, orderedTime(timestamp) + marked)
    } else {
      validTo = this.#nextAfter(key, timestamp) ?? latest.timestamp
      this.#rows.set(historyRowOf(key, timestamp), marked)
    }
    this.#observedTime = Math.max(this.#observedTime, timestamp)
    return validTo
  }

  #nextAfter(key: string, timestamp: number): number | undefined {
    const prefix = historyRow + measuredKey(key)
    for (const [row] of this.#rows.scan(prefix + orderedTime(timestamp + 1), historyRowOf(key, Infinity))) {
      return timeAt(row, prefix.length)
    }
    return undefined
  }

  #retract(key: string, timestamp: number): void {
    const latest = this.#latest(key)
    if (latest === undefined) return
    this.#rows.set(timeRow + orderedTime(timestamp) + key, null)
    if (latest.timestamp !== timestamp) this.#rows.set(historyRowOf(key, timestamp), null)
    else {
      const before = this.#olderAt(key, timestamp)
      if (before !== undefined) this.#rows.set(historyRowOf(key, before.timestamp), null)
      const row = before === undefined ? null : orderedTime(before.timestamp) + before.marked
      this.#rows.set(latestRow + key, row)
    }
    if (timestamp === this.#observedTime) this.#observedTime = this.#latestOfAll()
  }

  #latestOfAll(): number {
    for (const [row] of this.#rows.scan(timeRow, behindTimes, true)) return timeAt(row, timeRow.length)
    return -1
  }

  /** What has a successor at or before the limit cannot be asked for any more, nor a latest tombstone that is so old. */
  #dropExpired(limit: number): void {
    const newest = new Map<string, number>()
    for (const [row] of this.#rows.scanStored(timeRow, timeRow + orderedTime(limit + 1))) {
      newest.set(row.slice(timeRow.length + orderedTimeLength), timeAt(row, timeRow.length))
      this.#rows.drop(row)
    }
    for (const [key, time] of newest) {
      const prefix = historyRow + measuredKey(key)
      for (const [older] of this.#rows.scanStored(prefix, prefix + orderedTime(time))) this.#rows.drop(older)
      if (this.#rows.stored(latestRow + key) === orderedTime(time) + tombstone) this.#rows.drop(latestRow + key)
    }
  }
}

function changeOf(key: string, { timestamp, marked }: Version): StoreChange {
  return { key: bytesOf(key), value: marked === tombstone ? null : bytesOf(marked.slice(1)), timestamp }
}

function historyRowOf(key: string, timestamp: number): string {
  return historyRow + measuredKey(key) + orderedTime(timestamp)
}
