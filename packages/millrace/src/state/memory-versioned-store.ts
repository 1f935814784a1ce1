import type { StoreChange, ValueAndTimestamp, VersionedKeyValueStore } from '../ports/state-store.ts'
import { ExpiryBuckets } from './expiry-buckets.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import type { HeldValue } from './held-value.ts'
import { partition } from './sorted-index.ts'
import { storeClosed } from './store-closed.ts'
import { checkTimestamp } from './value-format.ts'

/** What `put` answers for a version that is the latest. */
export const isLatestVersion = -1
/** What `put` answers for a version that is too old to be kept. */
export const tooOldVersion: number = Number.MIN_SAFE_INTEGER

export interface VersionedStoreSettings {
  readonly name: string
  readonly historyMs: number
  readonly isLogged: boolean
}

interface Version {
  readonly owner: KeyVersions
  readonly timestamp: number
  /** undefined is a tombstone */
  held: unknown
  isChanged: boolean
}

interface KeyVersions {
  readonly id: KeyId
  /** Ascending by time. */
  readonly versions: Version[]
  bucket: number
}

/**
 * Per key its versions in a sorted array. Invariant: a version is dropped only when it cannot be asked for any more,
 * because its successor is no later than `observed − history`; a latest value never is.
 */
export class MemoryVersionedStore<K, V> implements VersionedKeyValueStore<K, V> {
  readonly name: string
  readonly isPersistent = false
  readonly historyMs: number
  readonly #isLogged: boolean
  readonly #keys: HeldKey<K>
  readonly #values: HeldValue<V>
  readonly #owners = new Map<KeyId, KeyVersions>()
  readonly #expiry: ExpiryBuckets<KeyVersions>
  #changes: Version[] = []
  #observedTime = -1
  #expiredPuts = 0
  #isClosed = false

  constructor(settings: VersionedStoreSettings, keys: HeldKey<K>, values: HeldValue<V>) {
    this.name = settings.name
    this.historyMs = settings.historyMs
    this.#isLogged = settings.isLogged
    this.#keys = keys
    this.#values = values
    this.#expiry = new ExpiryBuckets(settings.historyMs)
  }

  get observedTime(): number {
    return this.#observedTime
  }

  get expiredPuts(): number {
    return this.#expiredPuts
  }

  put(key: K, value: V | null, timestamp: number): number {
    const id = this.#idOf(key)
    checkTimestamp(timestamp, this.name)
    if (timestamp < this.#observedTime - this.historyMs) {
      this.#expiredPuts += 1
      return tooOldVersion
    }
    const held = value === null || value === undefined ? undefined : this.#values.hold(value)
    return this.#write(id, held, timestamp, this.#isLogged)
  }

  get(key: K): ValueAndTimestamp<V> | undefined {
    return this.#read(this.#owners.get(this.#idOf(key))?.versions.at(-1))
  }

  getAsOf(key: K, asOf: number): ValueAndTimestamp<V> | undefined {
    const versions = this.#owners.get(this.#idOf(key))?.versions
    if (versions === undefined) return undefined
    if (asOf < this.#observedTime - this.historyMs) {
      const latest = versions.at(-1)
      return latest !== undefined && latest.timestamp <= asOf ? this.#read(latest) : undefined
    }
    return this.#read(versions[partition(versions, (version) => version.timestamp <= asOf) - 1])
  }

  delete(key: K, timestamp: number): ValueAndTimestamp<V> | undefined {
    checkTimestamp(timestamp, this.name)
    const present = this.getAsOf(key, timestamp)
    return this.put(key, null, timestamp) === tooOldVersion ? undefined : present
  }

  /** All versions that were put, one per key and time: a latest value alone would not rebuild the history. */
  takeChanges(): readonly StoreChange[] {
    const taken = this.#changes
    this.#changes = []
    return taken.map((version) => {
      version.isChanged = false
      const value = version.held === undefined ? null : this.#values.toBytes(version.held)
      return { key: this.#keys.toBytes(version.owner.id), value, timestamp: version.timestamp }
    })
  }

  restore(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const id = this.#keys.fromBytes(change.key)
    checkTimestamp(change.timestamp, this.name)
    if (change.timestamp < this.#observedTime - this.historyMs) return
    this.#write(id, change.value === null ? undefined : this.#values.fromBytes(change.value), change.timestamp, false)
  }

  close(): void {
    this.#isClosed = true
    this.#owners.clear()
    this.#expiry.clear()
    this.#changes = []
  }

  #idOf(key: K): KeyId {
    if (this.#isClosed) throw storeClosed(this.name)
    return this.#keys.idOf(key)
  }

  #read(version: Version | undefined): ValueAndTimestamp<V> | undefined {
    if (version === undefined || version.held === undefined) return undefined
    return { value: this.#values.read(version.held), timestamp: version.timestamp }
  }

  #write(id: KeyId, held: unknown, timestamp: number, isTold: boolean): number {
    let owner = this.#owners.get(id)
    if (owner === undefined) this.#owners.set(id, (owner = { id, versions: [], bucket: Number.NaN }))
    const { versions } = owner
    const last = versions.at(-1)
    const at =
      last === undefined || last.timestamp < timestamp
        ? versions.length
        : partition(versions, (version) => version.timestamp < timestamp)
    let version = versions[at]
    if (version?.timestamp === timestamp) {
      version.held = held
    } else {
      version = { owner, timestamp, held, isChanged: false }
      if (at === versions.length) versions.push(version)
      else versions.splice(at, 0, version)
    }
    if (isTold && !version.isChanged) {
      version.isChanged = true
      this.#changes.push(version)
    }
    const validTo = versions[at + 1]?.timestamp ?? isLatestVersion
    this.#planExpiry(owner, at)
    if (timestamp > this.#observedTime) this.#observe(timestamp)
    return validTo
  }

  /** A version may go when its successor is out of the history, a latest tombstone when it is itself. */
  #planExpiry({ versions }: KeyVersions, at: number): void {
    const version = versions[at]!
    const next = versions[at + 1]
    if (next !== undefined) this.#addToBucket(version.owner, next.timestamp)
    if (at > 0 || (next === undefined && version.held === undefined)) {
      this.#addToBucket(version.owner, version.timestamp)
    }
  }

  #addToBucket(owner: KeyVersions, time: number): void {
    const bucket = this.#expiry.bucketOf(time)
    if (owner.bucket === bucket) return
    owner.bucket = bucket
    this.#expiry.add(bucket, owner)
  }

  #observe(time: number): void {
    this.#observedTime = time
    this.#expiry.expire(time - this.historyMs + 1, (owner) => this.#dropExpired(owner, time - this.historyMs))
  }

  #dropExpired(owner: KeyVersions, limit: number): void {
    const { versions } = owner
    const live = partition(versions, (version) => version.timestamp <= limit)
    const last = versions.at(-1)
    const isGone = live === versions.length && last !== undefined && last.held === undefined
    versions.splice(0, isGone ? live : live - 1)
    if (versions.length === 0 && this.#owners.get(owner.id) === owner) this.#owners.delete(owner.id)
  }
}
