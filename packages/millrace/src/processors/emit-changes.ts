import type { RecordBatch, RecordHeaders } from '../ports/record.ts'
import { change, type Change } from './change.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/** Sends on an update of a table: at once, or, through a record cache, the last one per key at the commit. */
export type EmitChange = (
  key: unknown,
  newValue: unknown,
  oldValue: unknown,
  timestamp: number,
  isLatest?: boolean,
) => void

/**
 * Makes the last step of a table operation. With `cacheBytes` it is Kafka Streams' record cache: until the commit, or
 * until the cache holds more than that, only the last update of a key is kept, with the value from before the first as
 * its old value; a key that came and went in between sends nothing. `identify` gives a key's identity and size.
 */
export function emitChanges(
  node: { readonly cacheBytes: number; readonly sendsOldValues?: boolean },
  forward: Forward,
  services: ProcessorServices,
  identify: (key: unknown) => { readonly id: string; readonly bytes: number },
): EmitChange {
  const old = (value: unknown): unknown => (node.sendsOldValues === true ? value : null)
  if (node.cacheBytes === 0) {
    return (key, newValue, oldValue, timestamp, isLatest) =>
      forward(key, change(newValue, old(oldValue), isLatest), timestamp)
  }
  const cache = new RecordCache(node.cacheBytes, services, (entry) => {
    if (entry.newValue === null && entry.oldValue === null) return
    forward(entry.key, change(entry.newValue, old(entry.oldValue)), entry.timestamp)
  })
  services.beforeCommit(() => cache.flush())
  return (key, newValue, oldValue, timestamp) => {
    const { id, bytes } = identify(key)
    cache.put(id, key, newValue, oldValue, timestamp, bytes)
  }
}

interface Entry extends Pick<Change, 'oldValue'> {
  readonly key: unknown
  newValue: unknown
  timestamp: number
  batch: RecordBatch
  index: number
  given: RecordHeaders | undefined
  readonly bytes: number
}

/** Updates by key, least recently updated first. */
class RecordCache {
  readonly #entries = new Map<string, Entry>()
  readonly #maxBytes: number
  readonly #services: ProcessorServices
  readonly #emit: (entry: Entry) => void
  #bytes = 0

  constructor(maxBytes: number, services: ProcessorServices, emit: (entry: Entry) => void) {
    this.#maxBytes = maxBytes
    this.#services = services
    this.#emit = emit
  }

  put(id: string, key: unknown, newValue: unknown, oldValue: unknown, timestamp: number, bytes: number): void {
    const { batch, index, given } = this.#services.record
    const known = this.#entries.get(id)
    if (known === undefined) this.#bytes += bytes
    else this.#entries.delete(id)
    this.#entries.set(id, {
      key,
      newValue,
      oldValue: known === undefined ? oldValue : known.oldValue,
      timestamp,
      batch,
      index,
      given,
      bytes,
    })
    while (this.#bytes > this.#maxBytes) this.#evict()
  }

  flush(): void {
    while (this.#entries.size > 0) this.#evict()
  }

  #evict(): void {
    const [first] = this.#entries
    if (first === undefined) return
    const [id, entry] = first
    this.#entries.delete(id)
    this.#bytes -= entry.bytes
    const { record } = this.#services
    const { batch, index, given } = record
    record.at(entry.batch, entry.index, entry.given)
    this.#emit(entry)
    record.at(batch, index, given)
  }
}
