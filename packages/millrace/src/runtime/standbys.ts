import type { CompiledTopology } from '../compile/index.ts'
import { messageOf } from '../errors/index.ts'
import type { Clock, Logger, TransportAdmin } from '../ports/index.ts'
import type { StoreFactory } from '../state/index.ts'
import { decodeCommitMetadata, taskId } from '../task/index.ts'
import type { StandbyMetrics } from './app-metrics.ts'
import type { ChangelogReader } from './changelog-reader.ts'
import { StandbyTask } from './standby-task.ts'
import type { TaskPlace } from './task-opener.ts'

export interface StandbysParts {
  readonly applicationId: string
  readonly topology: CompiledTopology
  readonly partitionCounts: ReadonlyMap<string, number>
  readonly admin: TransportAdmin
  readonly reader: ChangelogReader
  readonly clock: Clock
  readonly logger: Logger
  /** How often it is asked what is committed, ms. */
  readonly pollMs: number
  readonly openStores: (taskId: string) => StoreFactory
}

/** The standby replicas of one member. */
export class Standbys {
  readonly #parts: StandbysParts
  readonly #places: ReadonlyMap<string, TaskPlace>
  readonly #tasks = new Map<string, StandbyTask>()
  #cancel: (() => void) | undefined

  constructor(parts: StandbysParts) {
    this.#parts = parts
    const { topology, partitionCounts } = parts
    this.#places = new Map(
      topology.subTopologies.flatMap((sub) => {
        const count = partitionCounts.get(sub.sourceTopics[0] ?? '') ?? 0
        return Array.from({ length: count }, (_, partition) => [taskId(sub, partition), { sub, partition }] as const)
      }),
    )
  }

  get ids(): readonly string[] {
    return [...this.#tasks.keys()]
  }

  get metrics(): readonly StandbyMetrics[] {
    return [...this.#tasks].map(([taskId, { isKnown, lagRecords }]) => ({ taskId, isKnown, lagRecords }))
  }

  /** Follows exactly these tasks from now on. */
  set(ids: readonly string[]): void {
    for (const [id, task] of this.#tasks) {
      if (ids.includes(id)) continue
      task.close()
      this.#tasks.delete(id)
    }
    for (const id of ids) this.#open(id)
    if (this.#tasks.size > 0 && this.#cancel === undefined) this.#poll()
  }

  /** The stores of a replica, for the task that takes over; undefined where there is none. */
  takeOver(id: string): StoreFactory | undefined {
    const task = this.#tasks.get(id)
    this.#tasks.delete(id)
    return task?.handOver()
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (const task of this.#tasks.values()) task.close()
    this.#tasks.clear()
  }

  #open(id: string): void {
    const place = this.#places.get(id)
    if (place === undefined || this.#tasks.has(id)) return
    const { openStores, reader, logger, clock } = this.#parts
    try {
      const task = new StandbyTask(place, openStores(id), () => clock.nowMs())
      this.#tasks.set(id, task)
      task.follow(reader, (error) => logger.warn({ taskId: id, error: error.message }, 'A standby replica stopped'))
    } catch (thrown) {
      // a replica is a convenience: the task itself does not need it
      logger.warn({ taskId: id, error: messageOf(thrown) }, 'A standby replica could not be opened')
    }
  }

  #poll(): void {
    const { clock, logger, pollMs } = this.#parts
    this.#cancel = clock.schedule(pollMs, () => {
      this.#askCommitted()
        .catch((thrown: unknown) => logger.debug({ error: messageOf(thrown) }, 'Commits were not read for standbys'))
        .finally(() => {
          if (this.#cancel !== undefined) this.#poll()
        })
    })
  }

  async #askCommitted(): Promise<void> {
    const { admin, applicationId } = this.#parts
    const tasks = [...this.#tasks.values()]
    const inputs = tasks.flatMap(({ place }) =>
      place.sub.sourceTopics.map((topic) => ({ topic, partition: place.partition })),
    )
    if (inputs.length === 0) return
    const committed = await admin.committed(applicationId, inputs)
    for (const task of tasks) {
      const { sub, partition } = task.place
      if (this.#tasks.get(taskId(sub, partition)) !== task) continue
      const own = committed.filter((one) => one.partition === partition && sub.sourceTopics.includes(one.topic))
      const state = own.map((one) => decodeCommitMetadata(one.metadata)).find((one) => one !== undefined)
      if (state !== undefined) task.committed(state)
    }
  }
}
