import type { ChangelogTopic } from '../compile/index.ts'
import type { StreamsError } from '../errors/index.ts'
import type { RecordBatch, StateStore } from '../ports/index.ts'
import type { StoreFactory } from '../state/index.ts'
import { type CommittedState, changelogChange } from '../task/index.ts'
import type { ChangelogReader } from './changelog-reader.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { RestorePart } from './restore-part.ts'
import { Signal } from './signal.ts'
import type { TaskPlace } from './task-opener.ts'

interface Copy {
  readonly spec: ChangelogTopic
  readonly store: StateStore
  /** Everything below is in the store. */
  position: number
  /** Where the last commit that is known ends: nothing behind it is applied. */
  committedEnd: number
  readonly part: RestorePart
  stop: () => void
}

/**
 * A warm copy of one task's stores: follows their changelogs, and never goes beyond what is committed, as what stands
 * behind may be void. A take-over hands the stores over with how far they are.
 */
export class StandbyTask {
  readonly place: TaskPlace
  readonly #factory: StoreFactory
  readonly #nowMs: () => number
  readonly #copies: readonly Copy[]
  readonly #advanced = new Signal()
  #isStopped = false

  constructor(place: TaskPlace, factory: StoreFactory, nowMs: () => number) {
    this.place = place
    this.#nowMs = nowMs
    this.#factory = factory
    // a table that is restored from its own topic is followed by nobody: positions there are commits, not writes
    this.#copies = place.sub.changelogs
      .filter(({ isSource }) => !isSource)
      .flatMap((spec) => {
        const store = place.sub.stores.find((one) => one.name === spec.storeName)
        if (store === undefined) return []
        const opened = factory.open(store) as StateStore
        const position = readCheckpoint(factory.checkpoint(store.name))?.end ?? 0
        return [{ spec, store: opened, position, committedEnd: 0, part: new RestorePart(), stop: () => {} }]
      })
  }

  /** Whether a commit is known. */
  isKnown = false

  /** How many changelog records are committed and not yet in the stores. */
  get lagRecords(): number {
    return this.#copies.reduce((lag, { committedEnd, position }) => lag + Math.max(0, committedEnd - position), 0)
  }

  follow(reader: ChangelogReader, onFailed: (error: StreamsError) => void): void {
    const { partition } = this.place
    for (const copy of this.#copies) {
      const { topic } = copy.spec
      copy.stop = reader.follow({ topic, partition }, copy.position, (batch) => this.#apply(copy, batch), onFailed)
    }
  }

  /** A commit has become known; brings persistent stores to disk as far as they are. */
  committed(state: CommittedState): void {
    for (const copy of this.#copies) {
      // at a commit, as an owner would: what has expired by then need not stay on disk
      if (copy.position >= copy.committedEnd) copy.store.takeChanges()
      copy.committedEnd = state.changelogEnd(copy.spec.storeName) ?? 0
    }
    this.isKnown = true
    this.#advanced.notify()
    this.#flush(this.#copies)
  }

  /** Ends following, and gives the stores: opened, and with how far each has come as its checkpoint. */
  handOver(): StoreFactory {
    this.#stop()
    const factory = this.#factory
    const copies = new Map(this.#copies.map((copy) => [copy.spec.storeName, copy]))
    return {
      open: (spec) =>
        (copies.get(spec.name)?.store as ReturnType<typeof factory.open<typeof spec>>) ?? factory.open(spec),
      flush: (checkpoints) => factory.flush(checkpoints),
      checkpoint: (name) => {
        const copy = copies.get(name)
        return copy === undefined ? factory.checkpoint(name) : writeCheckpoint(copy.position, this.#nowMs())
      },
      close: () => factory.close(),
    }
  }

  close(): void {
    this.#stop()
    this.#factory.close()
  }

  #stop(): void {
    this.#isStopped = true
    for (const copy of this.#copies) copy.stop()
    this.#advanced.notify()
  }

  #flush(copies: readonly Copy[]): void {
    this.#factory.flush(
      new Map(copies.map(({ spec, position }) => [spec.storeName, writeCheckpoint(position, this.#nowMs())])),
    )
    for (const { part } of copies) part.clear()
  }

  async #apply(copy: Copy, batch: RecordBatch): Promise<void> {
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offset(index)
      if (offset < copy.position) continue
      while (offset >= copy.committedEnd && !this.#isStopped) await this.#advanced.wait()
      if (this.#isStopped) return
      const key = batch.key(index)
      if (key !== null) {
        const change = changelogChange(key, batch.value(index), batch.timestamp(index), batch.headers(index))
        copy.store.restore(change)
        copy.part.add(change)
      }
      copy.position = offset + 1
    }
    // not only at commits: a copy that begins from nothing has all of the changelog to read before the next
    if (copy.part.isFull) this.#flush([copy])
    while (batch.nextOffset > copy.committedEnd && !this.#isStopped) await this.#advanced.wait()
    if (!this.#isStopped) copy.position = Math.max(copy.position, batch.nextOffset)
  }
}
