import type { StoreChange, ValueAndTimestamp, VersionedKeyValueStore } from '../ports/state-store.ts'
import { ExpiryBuckets } from './expiry-buckets.ts'
import type { HeldKey, KeyId } from './held-key.ts'
import type { HeldValue } from './held-value.ts'
import { recordBytes } from './record-bytes.ts'
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

/** What somebody else put into the changelog at a time at which there is no version. */
interface Touched {
  readonly id: KeyId
  readonly timestamp: number
}

interface KeyVersions {
  readonly id: KeyId
  /** Ascending by time. */
  readonly versions: Version[]
  bucket: number
}

/**
 * Per key its versions in a sorted array. Invariant: a version is dropped only when it cannot be asked for any more,
 * because its successor is no later than `observed − history`; a latest value never is. Nothing is dropped by a
 * restore: the observed time may go back at a retraction, and is then that of the latest version of all.
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
  #changes: (Version | Touched)[] = []
  #pendingBytes = 0
  #lastObserved = -1
  #isObservedKnown = true
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
    if (!this.#isObservedKnown) {
      this.#isObservedKnown = true
      this.#lastObserved = -1
      for (const { versions } of this.#owners.values()) {
        this.#lastObserved = Math.max(this.#lastObserved, versions.at(-1)?.timestamp ?? -1)
      }
    }
    return this.#lastObserved
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  get expiredPuts(): number {
    return this.#expiredPuts
  }

  put(key: K, value: V | null, timestamp: number): number {
    const id = this.#idOf(key)
    checkTimestamp(timestamp, this.name)
    if (timestamp < this.observedTime - this.historyMs) {
      this.#expiredPuts += 1
      return tooOldVersion
    }
    const held = value === null || value === undefined ? undefined : this.#values.hold(value)
    return this.#write(id, held, timestamp)
  }

  get(key: K): ValueAndTimestamp<V> | undefined {
    return this.#read(this.#owners.get(this.#idOf(key))?.versions.at(-1))
  }

  getAsOf(key: K, asOf: number): ValueAndTimestamp<V> | undefined {
    const versions = this.#owners.get(this.#idOf(key))?.versions
    if (versions === undefined) return undefined
    if (asOf < this.observedTime - this.historyMs) {
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

  takeChanges(): readonly StoreChange[] {
    const taken = this.#changes
    this.#changes = []
    this.#pendingBytes = 0
    const changes: StoreChange[] = []
    const behindLatest = new Set<KeyId>()
    for (const one of taken) {
      if ('held' in one) this.#pushVersion(changes, one, behindLatest)
      else this.#pushTouched(changes, one, behindLatest)
    }
    for (const id of behindLatest) {
      const latest = this.#owners.get(id)?.versions.at(-1)
      if (latest !== undefined) changes.push(this.#changeOf(latest))
    }
    return changes
  }

  restore(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    const id = this.#keys.fromBytes(change.key)
    checkTimestamp(change.timestamp, this.name)
    if (change.isRetraction) this.#retract(id, change.timestamp)
    else {
      const held = change.value === null ? undefined : this.#values.fromBytes(change.value)
      this.#insert(id, held, change.timestamp)
      this.#lastObserved = Math.max(this.#lastObserved, change.timestamp)
    }
  }

  touch(change: StoreChange): void {
    if (this.#isClosed) throw storeClosed(this.name)
    if (!this.#isLogged) return
    const id = this.#keys.fromBytes(change.key)
    const { timestamp } = change
    const version = versionAt(this.#owners.get(id), timestamp)
    if (version !== undefined) this.#tell(version)
    else {
      this.#changes.push({ id, timestamp })
      this.#pendingBytes += recordBytes(id, undefined)
    }
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

  #write(id: KeyId, held: unknown, timestamp: number): number {
    const version = this.#insert(id, held, timestamp)
    if (this.#isLogged) this.#tell(version)
    const { versions } = version.owner
    const validTo = versions[placeOf(versions, timestamp + 1)]?.timestamp ?? isLatestVersion
    if (timestamp > this.observedTime) this.#observe(timestamp)
    return validTo
  }

  #insert(id: KeyId, held: unknown, timestamp: number): Version {
    let owner = this.#owners.get(id)
    if (owner === undefined) this.#owners.set(id, (owner = { id, versions: [], bucket: Number.NaN }))
    const { versions } = owner
    const at = placeOf(versions, timestamp)
    let version = versions[at]
    if (version?.timestamp === timestamp) {
      version.held = held
    } else {
      version = { owner, timestamp, held, isChanged: false }
      if (at === versions.length) versions.push(version)
      else versions.splice(at, 0, version)
    }
    this.#planExpiry(owner, at)
    return version
  }

  #retract(id: KeyId, timestamp: number): void {
    const owner = this.#owners.get(id)
    const version = versionAt(owner, timestamp)
    if (owner === undefined || version === undefined) return
    owner.versions.splice(placeOf(owner.versions, timestamp), 1)
    if (owner.versions.length === 0) this.#owners.delete(id)
    if (timestamp === this.#lastObserved) this.#isObservedKnown = false
  }

  #tell(version: Version): void {
    if (version.isChanged) return
    version.isChanged = true
    this.#changes.push(version)
    this.#pendingBytes += recordBytes(version.owner.id, version.held)
  }

  #pushVersion(changes: StoreChange[], version: Version, behindLatest: Set<KeyId>): void {
    const { owner } = version
    version.isChanged = false
    changes.push(this.#changeOf(version))
    if (version === owner.versions.at(-1)) behindLatest.delete(owner.id)
    else behindLatest.add(owner.id)
  }

  #pushTouched(changes: StoreChange[], { id, timestamp }: Touched, behindLatest: Set<KeyId>): void {
    const version = versionAt(this.#owners.get(id), timestamp)
    if (version === undefined) {
      changes.push({ key: this.#keys.toBytes(id), value: null, timestamp, isRetraction: true })
      behindLatest.add(id)
    } else if (!version.isChanged) this.#pushVersion(changes, version, behindLatest)
  }

  #changeOf(version: Version): StoreChange {
    const value = version.held === undefined ? null : this.#values.toBytes(version.held)
    return { key: this.#keys.toBytes(version.owner.id), value, timestamp: version.timestamp }
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
    this.#lastObserved = time
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

function versionAt(owner: KeyVersions | undefined, timestamp: number): Version | undefined {
  const version = owner?.versions[placeOf(owner.versions, timestamp)]
  return version?.timestamp === timestamp ? version : undefined
}

/** Of the first version that is no earlier. */
function placeOf(versions: readonly Version[], timestamp: number): number {
  const last = versions.at(-1)
  if (last === undefined || last.timestamp < timestamp) return versions.length
  return partition(versions, (version) => version.timestamp < timestamp)
}
