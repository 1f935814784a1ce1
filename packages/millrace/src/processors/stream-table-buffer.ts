import type { KeyValueStoreSpec } from '../plan/index.ts'
import type { RecordBatch } from '../ports/record.ts'
import type { KeyValueStore } from '../ports/state-store.ts'
import type { BufferedKey, BufferedRecord } from '../serde/buffered-record.ts'
import type { Forward, ProcessorServices } from './processor.ts'

/**
 * Stream records that wait for their table's updates: each goes on, in the order of time, when a later record has moved
 * the buffer's time past its own by the grace. The buffer's time is that of the records put into it, no others.
 */
export class StreamTableBuffer {
  readonly #store: KeyValueStore<BufferedKey, BufferedRecord>
  readonly #graceMs: number
  readonly #services: ProcessorServices
  readonly #join: Forward
  #now = -1
  #oldest = Number.POSITIVE_INFINITY
  #sequence = 0
  #isKnown = false

  constructor(spec: KeyValueStoreSpec, graceMs: number, services: ProcessorServices, join: Forward) {
    this.#store = services.store(spec) as KeyValueStore<never, never>
    this.#graceMs = graceMs
    this.#services = services
    this.#join = join
  }

  /** Takes a record and lets go what is due; a record that is older than the grace joins at once. */
  add(key: unknown, value: unknown, timestamp: number): void {
    if (!this.#isKnown) this.#recall()
    if (this.#now - this.#graceMs > timestamp) this.#join(key, value, timestamp)
    else this.#put(key, value, timestamp)
    if (this.#oldest <= this.#now - this.#graceMs) this.#letGo()
  }

  #put(key: unknown, value: unknown, timestamp: number): void {
    const { headers, topic, partition, offset } = this.#services.record
    this.#sequence = (this.#sequence + 1) & 0x7fff_ffff
    this.#store.put({ timestamp, key, sequence: this.#sequence }, { value, headers, topic, partition, offset })
    this.#now = Math.max(this.#now, timestamp)
    this.#oldest = Math.min(this.#oldest, timestamp)
  }

  #letGo(): void {
    const { record } = this.#services
    const { batch, index, given } = record
    this.#oldest = Number.POSITIVE_INFINITY
    for (const [at, waiting] of this.#store.all()) {
      if (at.timestamp > this.#now - this.#graceMs) {
        this.#oldest = at.timestamp
        break
      }
      this.#store.put(at, null)
      record.at(batchOf(at, waiting), 0)
      this.#join(at.key, waiting.value, at.timestamp)
      record.at(batch, index, given)
    }
  }

  /** After a restart: what waits tells how far things were, as the newest record is always among it. */
  #recall(): void {
    this.#isKnown = true
    for (const [at] of this.#store.all()) {
      this.#now = Math.max(this.#now, at.timestamp)
      this.#oldest = Math.min(this.#oldest, at.timestamp)
      this.#sequence = Math.max(this.#sequence, at.sequence)
    }
  }
}

/** What the operations behind see as the current record while a buffered one goes on. */
function batchOf(at: BufferedKey, { topic, partition, offset, headers }: BufferedRecord): RecordBatch {
  return {
    topic,
    partition,
    count: 1,
    sizeBytes: 0,
    nextOffset: offset + 1,
    highWatermark: offset + 1,
    offset: () => offset,
    timestamp: () => at.timestamp,
    key: () => null,
    value: () => null,
    headers: () => headers,
  }
}
