import type { SuppressNode } from '../plan/index.ts'
import type { KeyValueStore } from '../ports/state-store.ts'
import type { ProcessorServices } from './processor.ts'
import { type Buffered, SuppressBuffer } from './suppress-buffer.ts'
import { type SuppressCodec, suppressCodec } from './suppress-codec.ts'

/** The one entry of the store that is no update: stream time. */
const timeKey = Buffer.of(0)
const updateMark = Buffer.of(1)

/** Where the updates of one suppression wait: in memory and, as of the last commit, in a store. */
export class SuppressState {
  readonly buffer: SuppressBuffer = new SuppressBuffer()
  readonly codec: SuppressCodec
  /** Largest time of the updates that have come, ms; -1 before the first. */
  streamTimeMs = -1
  readonly #store: KeyValueStore<Buffer, Buffer>
  /** Ids of the updates that the store does not have as they are now. */
  readonly #changed = new Set<string>()
  #savedTimeMs = -1
  #isRestored = false

  constructor(node: SuppressNode, services: ProcessorServices) {
    this.codec = suppressCodec(node)
    this.#store = services.store(node.store) as unknown as KeyValueStore<Buffer, Buffer>
    services.beforeCommit(() => this.#save())
  }

  /** Reads what a restart left; the store is restored by the time of the first record. */
  restore(): void {
    if (this.#isRestored) return
    this.#isRestored = true
    for (const [key, value] of this.#store.all()) {
      if (key.equals(timeKey)) {
        this.streamTimeMs = Number(value.readBigInt64BE())
        continue
      }
      const entry = this.codec.decode(key.toString('latin1', 1), value)
      entry.bytes = this.codec.sizeOf(entry, '')
      this.buffer.add(entry)
    }
    this.#savedTimeMs = this.streamTimeMs
  }

  changed({ id }: Buffered): void {
    this.#changed.add(id)
  }

  #save(): void {
    for (const id of this.#changed) {
      const entry = this.buffer.get(id)
      const key = Buffer.concat([updateMark, Buffer.from(id, 'latin1')])
      this.#store.put(key, entry === undefined ? null : this.codec.encode(entry))
    }
    this.#changed.clear()
    if (this.streamTimeMs === this.#savedTimeMs) return
    this.#savedTimeMs = this.streamTimeMs
    const time = Buffer.alloc(8)
    time.writeBigInt64BE(BigInt(this.streamTimeMs))
    this.#store.put(timeKey, time)
  }
}
