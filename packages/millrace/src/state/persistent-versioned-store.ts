import type { StoreChange, ValueAndTimestamp, VersionedKeyValueStore } from '../ports/state-store.ts'
import { bytesOf, latin1Of } from './held-bytes.ts'
import type { HeldKey } from './held-key.ts'
import type { HeldValue } from './held-value.ts'
import { isLatestVersion, tooOldVersion, type VersionedStoreSettings } from './memory-versioned-store.ts'
import { measuredKey, orderedTime, orderedTimeLength, timeAt } from './ordered-time.ts'
import type { PersistentStore } from './persistent-store.ts'
import type { StoreFile, StoreLayout } from './store-file.ts'
import { checkTimestamp } from './value-format.ts'
import type { WriteBack } from './write-back.ts'

interface Version {
  readonly timestamp: number
  /** A mark, then the value's bytes. */
  readonly marked: string
}

const latestRow = 'l'
const historyRow = 'h'
const timeRow = 't'
const tombstone = 't'
const valueMark = 'v'
const ownBytes = historyRow.length + 2 + orderedTimeLength

/**
 * On disk: 'l', key → time and value of the latest version; 'h', measured key, time → value of an older one; 't', time,
 * key → nothing, so that a flush finds what has left the history.
 */
export class PersistentVersionedStore<K, V> implements VersionedKeyValueStore<K, V>, PersistentStore {
  readonly name: string
  readonly isPersistent = true
  readonly historyMs: number
  readonly #isLogged: boolean
  readonly #file: StoreFile
  readonly #rows: WriteBack
  readonly #keys: HeldKey<K>
  readonly #values: HeldValue<V>
  readonly #layout: StoreLayout
  #changes = new Map<string, { readonly key: string; readonly timestamp: number }>()
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
    this.#layout = {
      name: 'versioned 1',
      numbers: () => [this.#observedTime],
      hasUntakenChanges: () => this.#changes.size > 0,
      dropExpired: () => this.#dropExpired(),
    }
    this.#observedTime = file.begin(this.#layout.name)?.[0] ?? -1
  }

  get observedTime(): number {
    return this.#observedTime
  }

  get expiredPuts(): number {
    return this.#expiredPuts
  }

  get pendingBytes(): number {
    return this.#rows.pendingBytes
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
    if (this.#isLogged) this.#changes.set(historyRowOf(text, timestamp), { key: text, timestamp })
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
    return [...taken.values()].map(({ key, timestamp }) => {
      const latest = this.#latest(key)
      const marked = latest?.timestamp === timestamp ? latest.marked : this.#rows.get(historyRowOf(key, timestamp))
      const isGone = marked === undefined || marked.startsWith(tombstone)
      return { key: bytesOf(key), value: isGone ? null : bytesOf(marked.slice(1)), timestamp }
    })
  }

  restore(change: StoreChange): void {
    this.#file.checkOpen()
    checkTimestamp(change.timestamp, this.name)
    if (change.timestamp >= this.#observedTime - this.historyMs) {
      this.#write(latin1Of(change.key), change.value, change.timestamp)
    }
  }

  flush(checkpoint: Buffer): void {
    this.#file.flush(checkpoint, this.#layout)
  }

  checkpoint(): Buffer | undefined {
    return this.#file.checkpoint()
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

  /** What has a successor at or before the limit cannot be asked for any more, nor a latest tombstone that is so old. */
  #dropExpired(): void {
    const limit = this.#observedTime - this.historyMs
    const newest = new Map<string, number>()
    for (const [row] of this.#rows.scan(timeRow, timeRow + orderedTime(limit + 1))) {
      newest.set(row.slice(timeRow.length + orderedTimeLength), timeAt(row, timeRow.length))
      this.#rows.drop(row)
    }
    for (const [key, time] of newest) {
      const prefix = historyRow + measuredKey(key)
      for (const [older] of this.#rows.scan(prefix, prefix + orderedTime(time))) this.#rows.drop(older)
      const latest = this.#latest(key)
      if (latest?.timestamp === time && latest.marked === tombstone) this.#rows.drop(latestRow + key)
    }
  }
}

function historyRowOf(key: string, timestamp: number): string {
  return historyRow + measuredKey(key) + orderedTime(timestamp)
}
