import type { ChangelogTopic } from '../../compile/index.ts'
import type { PartitionOffset } from '../../ports/index.ts'
import { changelogChange, type CommittedState, sourceChange, type Task, type TaskNote } from '../../task/index.ts'
import type { DriverLogs } from './driver-logs.ts'
import type { Written } from './driver-outputs.ts'

/** What a commit of one task covers. */
export interface DriverCommit {
  readonly offsets: readonly PartitionOffset[]
  readonly state: CommittedState
  /** By store name: the end of what it is restored from. */
  readonly ends: ReadonlyMap<string, number>
}

export function commitOf(task: Task, note: TaskNote, logs: DriverLogs): DriverCommit {
  const { offsets, streamTimeMs, partitionTimes, origins } = note
  const endOf = ({ topic, isSource }: ChangelogTopic): number =>
    isSource ? (offsets.find((one) => one.topic === topic)?.offset ?? 0) : logs.of(topic).length
  const ends = new Map(task.changelogs.specs.map((spec) => [spec.storeName, endOf(spec)]))
  const changelogEnd = (storeName: string): number | undefined => ends.get(storeName)
  const partitionTime = (topic: string): number => partitionTimes.get(topic) ?? -1
  const originsOf: CommittedState['origins'] = (topic) => origins.get(topic) ?? new Map()
  return { offsets, ends, state: { streamTimeMs, partitionTime, changelogEnd, origins: originsOf } }
}

/** Brings the stores of a task to its last commit: those on disk from where they are, the others from the beginning. */
export function restoreStores(task: Task, commit: DriverCommit, logs: DriverLogs): void {
  for (const { storeName, topic, isSource } of task.changelogs.specs) {
    const store = task.stores.get(storeName)!
    const position = Number(task.checkpoint(storeName)?.toString() ?? '0')
    for (const record of logs.of(topic).slice(position, commit.ends.get(storeName) ?? 0)) {
      const change = changeOf(record, isSource)
      if (change !== undefined) store.restore(change)
    }
  }
}

/** Brings the stores that have a changelog to disk, as of the last commit. */
export function flushStores(task: Task, commit: DriverCommit): void {
  task.flushStores(new Map([...commit.ends].map(([storeName, end]) => [storeName, Buffer.from(String(end))])))
}

function changeOf({ key, value, timestamp, headers }: Written, isSource: boolean) {
  if (key === null) return undefined
  return isSource ? sourceChange(key, value, timestamp) : changelogChange(key, value, timestamp, headers)
}
