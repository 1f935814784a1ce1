import type { ChangelogTopic } from '../compile/index.ts'
import type { Clock, Counter, RecordBatch, StoreChange, TransportAdmin } from '../ports/index.ts'
import { type ChangelogGap, changelogChange, type CommittedState, sourceChange, type Task } from '../task/index.ts'
import type { ChangelogReader } from './changelog-reader.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { RestorePart } from './restore-part.ts'
import { type RestoreRange, restoreRanges } from './restore-ranges.ts'
import type { TimeSlices } from './time-slices.ts'

export interface RestoreServices {
  readonly admin: TransportAdmin
  readonly reader: ChangelogReader
  readonly restored: Counter
  readonly slices: TimeSlices
  readonly clock: Clock
}

/** How far a task's stores have come, in offsets of their changelogs. */
export interface RestoreProgress {
  done: number
  total: number
  /** Keys that have to be written again. */
  touched: number
  isDone: boolean
}

export type RestoreOutcome = 'restored' | 'ahead'

/**
 * Brings the stores of a task to exactly the last commit: the changelog is replayed up to the end that the commit names,
 * for local stores from their checkpoint on. What stands behind it was written by an owner that crashed: it is not
 * applied; those keys are marked to be written again with the next commit. 'ahead': a local store has seen more than was
 * committed, or than its changelog has; it must be built anew.
 */
export async function restoreTask(
  task: Task,
  committed: CommittedState | undefined,
  services: RestoreServices,
  progress: RestoreProgress,
  signal: AbortSignal,
): Promise<RestoreOutcome> {
  const ranges = await restoreRanges(task, committed, services, signal)
  if (ranges === 'ahead') return 'ahead'
  for (const { from, logEnd } of ranges) progress.total += Math.max(0, logEnd - from)
  await Promise.all(ranges.map((range) => replay(task, range, services, progress, signal)))
  for (const { spec, committedEnd, logEnd } of ranges) task.changelogs.restored(spec.storeName, committedEnd, logEnd)
  return 'restored'
}

async function replay(
  task: Task,
  range: RestoreRange,
  { reader, restored, slices, clock }: RestoreServices,
  progress: RestoreProgress,
  signal: AbortSignal,
): Promise<void> {
  const { spec, from, logEnd } = range
  const replayed = new Replayed(task, range, () => clock.nowMs())
  let at = from
  const apply = (batch: RecordBatch): void => {
    if (signal.aborted) return
    restored.value += replayed.apply(batch, progress)
    const next = Math.min(batch.nextOffset, logEnd)
    progress.done += Math.max(0, next - at)
    at = Math.max(at, next)
  }
  const flush = (): void => {
    if (!signal.aborted) replayed.flush()
  }
  await reader.read({ topic: spec.topic, partition: task.partition }, from, logEnd, signal, async (batch) => {
    await slices.run(() => apply(batch))
    if (replayed.isPartFull) await slices.run(flush)
  })
  await slices.run(flush)
}

/**
 * One store on its way to the last commit. A persistent one is brought to disk in parts, each with how far it is: memory
 * stays bounded, and a restore that is cut off goes on there. Invariant: a checkpoint never goes beyond the commit.
 */
class Replayed {
  readonly #task: Task
  readonly #range: RestoreRange
  readonly #nowMs: () => number
  #position: number
  readonly #part = new RestorePart()

  constructor(task: Task, range: RestoreRange, nowMs: () => number) {
    this.#task = task
    this.#range = range
    this.#nowMs = nowMs
    this.#position = range.from
  }

  /** Gives how many records counted. */
  apply(batch: RecordBatch, progress: RestoreProgress): number {
    const { spec, store, from, committedEnd, logEnd } = this.#range
    let count = 0
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offset(index)
      if (offset < from || offset >= logEnd) continue
      const change = changeAt(batch, index, spec)
      if (change === undefined) continue
      if (offset < committedEnd) {
        store.restore(change)
        this.#part.add(change)
      } else {
        store.touch(change)
        progress.touched++
      }
      count++
    }
    this.#position = Math.max(this.#position, Math.min(batch.nextOffset, committedEnd))
    return count
  }

  get isPartFull(): boolean {
    return this.#part.isFull
  }

  flush(): void {
    const { spec, store } = this.#range
    if (this.#part.isEmpty || !store.isPersistent) return
    this.#task.flushStores(new Map([[spec.storeName, writeCheckpoint(this.#position, this.#nowMs())]]))
    this.#part.clear()
  }
}

/** Marks every key that stands in stretches of changelogs which somebody else wrote. */
export async function touchGaps(
  task: Task,
  gaps: readonly ChangelogGap[],
  reader: ChangelogReader,
  signal: AbortSignal,
): Promise<void> {
  for (const { storeName, from, to } of gaps) {
    const spec = task.changelogs.specs.find((one) => one.storeName === storeName)!
    const store = task.stores.get(storeName)!
    await reader.read({ topic: spec.topic, partition: task.partition }, from, to, signal, (batch) => {
      for (let index = 0; index < batch.count; index++) {
        const offset = batch.offset(index)
        const change = offset < from || offset >= to ? undefined : changeAt(batch, index, spec)
        if (change !== undefined && !signal.aborted) store.touch(change)
      }
    })
  }
}

function changeAt(batch: RecordBatch, index: number, { isSource }: ChangelogTopic): StoreChange | undefined {
  const key = batch.key(index)
  if (key === null) return undefined
  const value = batch.value(index)
  const timestamp = batch.timestamp(index)
  return isSource ? sourceChange(key, value, timestamp) : changelogChange(key, value, timestamp, batch.headers(index))
}
