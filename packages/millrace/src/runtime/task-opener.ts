import type { SubTopology } from '../compile/index.ts'
import { StreamsError } from '../errors/index.ts'
import type { CommittedOffset } from '../ports/index.ts'
import { type CommittedState, decodeCommitMetadata, type InputPosition, Task, taskId } from '../task/index.ts'
import type { ChangelogReader } from './changelog-reader.ts'
import type { InstanceParts } from './instance.ts'
import type { OutputLane } from './output-lane.ts'
import type { Standbys } from './standbys.ts'
import { restoreTask, touchGaps } from './restore-task.ts'
import { type FlowControl, TaskRunner } from './task-runner.ts'
import { TimeSlices } from './time-slices.ts'

const lockedRetryMs = 50
const lockedWaitMs = 2_000
/** Folders that one member keeps are waited for together. */
const lockedAgainMs = 30_000
/** Folders that a task may have beside its own. */
export const maxSpares = 8

export interface TaskPlace {
  readonly sub: SubTopology
  readonly partition: number
}

export interface OpenListener {
  /** The task's stores are restored, and it processes. */
  started(runner: TaskRunner): void
  /** Its local stores are of no use: they must be deleted and the task opened again. */
  isAhead(runner: TaskRunner): void
  failed(runner: TaskRunner, thrown: unknown): void
}

/** Opens tasks at what is committed for them, and restores their stores while others already process. */
export class TaskOpener {
  readonly #parts: InstanceParts
  readonly #flow: FlowControl
  readonly #reader: ChangelogReader
  readonly #standbys: Standbys
  readonly #slices: TimeSlices
  #waitUntilMs = Number.NEGATIVE_INFINITY

  constructor(parts: InstanceParts, flow: FlowControl, reader: ChangelogReader, standbys: Standbys) {
    this.#standbys = standbys
    this.#slices = new TimeSlices(parts.clock)
    this.#parts = parts
    this.#flow = flow
    this.#reader = reader
  }

  /** `committed` holds at least what is committed for the task. Throws STORE_LOCKED, STORE_FAILED, PARTITIONS_DIFFER. */
  async open(
    place: TaskPlace,
    lane: OutputLane,
    positions: readonly InputPosition[],
    committed: readonly CommittedOffset[],
    listener: OpenListener,
  ): Promise<TaskRunner> {
    const { topology, host, options, clock, partitionCounts } = this.#parts
    const { sub, partition } = place
    checkCount(place, partitionCounts)
    const own = committed.filter((one) => one.partition === partition && sub.sourceTopics.includes(one.topic))
    const state = own.map((one) => decodeCommitMetadata(one.metadata)).find((one) => one !== undefined)
    const task = await this.#whenUnlocked(
      (spare) =>
        new Task(sub, partition, positions, topology.plan.onProcessError, host(lane, this.#standbys, spare), state),
    )
    const runner = new TaskRunner(task, lane, {
      limits: options.limits,
      flow: this.#flow,
      clock,
      slices: this.#slices,
      mend: (gaps, signal) => touchGaps(task, gaps, this.#reader, signal),
    })
    runner.committed = new Map(own.map((one) => [one.topic, one]))
    watchChangelogs(runner)
    if (task.changelogs.specs.length === 0) runner.start()
    else {
      runner.holdDeliveries()
      this.#restore(runner, state, listener).catch((thrown: unknown) => {
        if (!runner.stopped.aborted) listener.failed(runner, thrown)
      })
    }
    return runner
  }

  async #restore(runner: TaskRunner, state: CommittedState | undefined, listener: OpenListener): Promise<void> {
    const { task, restore, stopped } = runner
    const { transport, metrics, logger, clock } = this.#parts
    const startedMs = clock.nowMs()
    const restored = metrics.counter('records-restored', task.id)
    const services = { admin: transport.admin, reader: this.#reader, restored, slices: this.#slices, clock }
    const outcome = await restoreTask(task, state, services, restore, stopped)
    if (stopped.aborted) return
    if (outcome === 'ahead') return listener.isAhead(runner)
    restore.isDone = true
    if (state === undefined && restore.touched > 0) {
      logger.warn(
        { taskId: task.id, records: restore.touched },
        'No commit says how far these changelogs go (offsets expired, or were reset): the task begins with empty stores',
      )
    }
    runner.mustCommit = restore.touched > 0
    runner.start()
    if (restore.total > 0) {
      const { done, touched } = restore
      logger.info({ taskId: task.id, records: done, touched, ms: clock.nowMs() - startedMs }, 'Restored')
    }
    listener.started(runner)
  }

  /**
   * Another member may have the folder for a moment longer. One that is frozen may have it for ever: then the task takes
   * another folder, and is restored from its changelogs.
   */
  async #whenUnlocked(open: (spare: number) => Task): Promise<Task> {
    const { clock } = this.#parts
    for (let spare = 0; ;) {
      try {
        return open(spare)
      } catch (thrown) {
        const isLocked = thrown instanceof StreamsError && thrown.code === 'STORE_LOCKED'
        if (!isLocked || spare === maxSpares) throw thrown
        if (clock.nowMs() > this.#waitUntilMs + lockedAgainMs) this.#waitUntilMs = clock.nowMs() + lockedWaitMs
        if (clock.nowMs() >= this.#waitUntilMs) spare++
        else {
          await new Promise<void>((resolve) => {
            clock.schedule(lockedRetryMs, resolve)
          })
        }
      }
    }
  }
}

/**
 * A topic that has grown since the start: its keys are spread anew, so state would be in the wrong tasks, and the internal
 * topics have no such partition.
 */
function checkCount({ sub, partition }: TaskPlace, counts: ReadonlyMap<string, number>): void {
  const writesInternally = sub.nodes.some((node) => node.kind === 'repartition-sink')
  if (sub.changelogs.length === 0 && !writesInternally) return
  const topic = sub.sourceTopics.find((one) => partition >= (counts.get(one) ?? 0))
  if (topic === undefined) return
  throw new StreamsError({
    code: 'PARTITIONS_DIFFER',
    what: `Topic '${topic}' had ${counts.get(topic) ?? 0} partitions when the app started, and now has more`,
    hint: 'State and internal topics are bound to the count: start anew with another applicationId, or go back to the count.',
    topic,
    partition,
  })
}

export function placesOf(
  subs: readonly SubTopology[],
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Map<string, TaskPlace> {
  const places = new Map<string, TaskPlace>()
  for (const sub of subs) {
    for (const { topic, partition } of partitions) {
      if (sub.sourceTopics.includes(topic)) places.set(taskId(sub, partition), { sub, partition })
    }
  }
  return places
}

function watchChangelogs({ task, lane, stopped }: TaskRunner): void {
  for (const { topic } of task.changelogs.specs) {
    const unwatch = lane.outputs.watch(topic, task.partition, (ack) =>
      task.changelogs.acknowledged(topic, ack.baseOffset, ack.count),
    )
    stopped.addEventListener('abort', unwatch)
  }
}
