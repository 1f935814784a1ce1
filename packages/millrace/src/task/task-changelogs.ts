import type { ChangelogTopic } from '../compile/index.ts'
import type { StateStore, StoreChange } from '../ports/index.ts'
import type { RecordHeaders } from '../ports/index.ts'
import { changelogHeaders } from './changelog-record.ts'

/** A stretch of a changelog that somebody else wrote. */
export interface ChangelogGap {
  readonly storeName: string
  readonly from: number
  readonly to: number
}

type Write = (topic: string, change: StoreChange, headers: RecordHeaders) => void

interface Log {
  readonly spec: ChangelogTopic
  readonly store: StateStore
  /** Behind the last of our own writes; what a commit names. */
  end: number
  /** Where the next write of ours lands if nobody else writes. */
  expected: number
}

/**
 * The changelogs of one task's stores. An acknowledgement names the offset that a write got: one that does not follow
 * our last means that somebody else wrote, a zombie or ourselves twice. Such a gap is noted; its keys must be written
 * again before an offset behind it may be committed, else a restore would take over foreign values.
 */
export class TaskChangelogs {
  readonly #logs = new Map<string, Log>()
  readonly #byTopic = new Map<string, string>()
  readonly #countsMarkers: boolean
  /** What stores can be restored from. */
  readonly specs: readonly ChangelogTopic[]
  /** Nothing of them is written; their changes are taken all the same, as that is what a flush to disk goes by. */
  readonly #unwritten: readonly StateStore[]
  #gaps: ChangelogGap[] = []

  /** In transactions, markers take offsets, and nobody else can write: gaps mean nothing there. */
  constructor(specs: readonly ChangelogTopic[], stores: ReadonlyMap<string, StateStore>, isTransactional: boolean) {
    this.#countsMarkers = isTransactional
    this.specs = specs.filter(({ storeName }) => stores.has(storeName))
    for (const spec of this.specs) {
      const store = stores.get(spec.storeName)
      if (store === undefined || spec.isSource) continue
      this.#logs.set(spec.storeName, { spec, store, end: 0, expected: 0 })
      this.#byTopic.set(spec.topic, spec.storeName)
    }
    this.#unwritten = [...stores].filter(([name]) => !this.#logs.has(name)).map(([, store]) => store)
  }

  /** `end`: what the last commit named; `expected`: where the log ended when it was read. */
  restored(storeName: string, end: number, expected: number): void {
    const log = this.#logs.get(storeName)
    if (log !== undefined) Object.assign(log, { end, expected })
  }

  /** Sends what the stores have changed since the last call, and gives how many records that were. */
  write(write: Write): number {
    let written = 0
    for (const { spec, store } of this.#logs.values()) {
      for (const change of store.takeChanges()) {
        write(spec.topic, change, changelogHeaders(change, spec.carriesTime))
        written++
      }
    }
    for (const store of this.#unwritten) store.takeChanges()
    return written
  }

  acknowledged(topic: string, baseOffset: number, count: number): void {
    const storeName = this.#byTopic.get(topic)
    const log = storeName === undefined ? undefined : this.#logs.get(storeName)
    if (storeName === undefined || log === undefined) return
    if (baseOffset > log.expected && !this.#countsMarkers) {
      this.#gaps.push({ storeName, from: log.expected, to: baseOffset })
    }
    log.end = Math.max(log.end, baseOffset + count)
    log.expected = log.end
  }

  /** What others wrote since the last call. */
  takeGaps(): readonly ChangelogGap[] {
    const gaps = this.#gaps
    this.#gaps = []
    return gaps
  }

  get hasGaps(): boolean {
    return this.#gaps.length > 0
  }

  /** Behind the last write of every store, once it is acknowledged. */
  ends(): ReadonlyMap<string, number> {
    return new Map([...this.#logs].map(([name, { end }]) => [name, end]))
  }
}
