import type { MetricName, PartitionOffset } from '../ports/index.ts'
import type { AppState } from './lifecycle.ts'
import type { CounterReading, MetricsRegistry } from './metrics-registry.ts'
import type { TaskRunner } from './task-runner.ts'

/** A reading of everything an app counts. */
export interface AppMetrics {
  /** Wall-clock time of the reading, ms. */
  readonly atMs: number
  readonly state: AppState
  /** Every counter by node. */
  readonly counters: readonly CounterReading[]
  /** The sum of a counter over all nodes. */
  total(name: MetricName): number
  readonly tasks: readonly TaskMetrics[]
  /** Warm copies of the state of tasks that other members have. */
  readonly standbys: readonly StandbyMetrics[]
}

export interface StandbyMetrics {
  readonly taskId: string
  /** Whether a commit of the task is known by now: nothing is copied before. */
  readonly isKnown: boolean
  /** Records of changelogs that are committed and not copied yet. */
  readonly lagRecords: number
}

export interface TaskMetrics {
  readonly taskId: string
  /** Delivered and not yet processed. */
  readonly waitingRecords: number
  readonly waitingBytes: number
  /** Rows that a sink has not acknowledged yet. */
  readonly pendingRows: number
  /** Next offset per topic after what is completely processed. */
  readonly positions: readonly PartitionOffset[]
  /** Records in the log behind those positions, as far as the last fetch knew. */
  readonly lagRecords: number
  /** Its stores, in records of their changelogs; absent once they are restored. */
  readonly restoring?: { readonly done: number; readonly total: number }
}

/** Counts rows and retries of sinks as they stand in the writers of live tasks, on top of those of ended ones. */
export function readMetrics(
  state: AppState,
  atMs: number,
  registry: MetricsRegistry,
  runners: readonly TaskRunner[],
  standbys: readonly StandbyMetrics[],
): AppMetrics {
  for (const runner of runners) runner.task.countSinks()
  return {
    atMs,
    state,
    counters: registry.readings(),
    total: (name) => registry.total(name),
    standbys,
    tasks: runners.map(({ task, restore, isStarted }) => ({
      taskId: task.id,
      waitingRecords: task.waitingRecords,
      waitingBytes: task.waitingBytes,
      pendingRows: task.writers.reduce((rows, writer) => rows + writer.pendingRows, 0),
      positions: task.completed(),
      lagRecords: task.lagRecords,
      ...(isStarted ? {} : { restoring: { done: restore.done, total: restore.total } }),
    })),
  }
}
