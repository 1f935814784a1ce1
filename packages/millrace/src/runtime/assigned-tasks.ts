import type { CommittedOffset, TopicPartition, TransportConsumer } from '../ports/index.ts'
import type { InstanceParts } from './instance.ts'
import type { Lanes } from './lanes.ts'
import { taskId } from '../task/index.ts'
import type { MicroBatchResult } from './micro-batch.ts'
import { startPositions } from './start-positions.ts'
import { placesOf, type TaskOpener, type TaskPlace } from './task-opener.ts'
import type { TaskRunner } from './task-runner.ts'

/** What happens in tasks, for the member that they belong to. */
export interface TaskListener {
  processed(result: MicroBatchResult, runner: TaskRunner): void
  failed(runner: TaskRunner, thrown: unknown): void
  /** A task's stores are restored, and it processes. */
  started(runner: TaskRunner): void
}

/** What tasks need of the member's consumer, whichever it is at the time. */
export type TaskConsumer = Pick<TransportConsumer, 'committed' | 'pause' | 'resume'>

/** The tasks that a member has: opened, kept or closed as the group decides. */
export class AssignedTasks {
  readonly #parts: InstanceParts
  readonly #consumer: TaskConsumer
  readonly #opener: TaskOpener
  readonly #lanes: Lanes
  readonly #listener: TaskListener
  readonly #runners = new Map<string, TaskRunner>()
  readonly #byPartition = new Map<string, TaskRunner>()

  constructor(parts: InstanceParts, consumer: TaskConsumer, opener: TaskOpener, lanes: Lanes, listener: TaskListener) {
    this.#parts = parts
    this.#consumer = consumer
    this.#opener = opener
    this.#lanes = lanes
    this.#listener = listener
  }

  get runners(): readonly TaskRunner[] {
    return [...this.#runners.values()]
  }

  of(partition: TopicPartition): TaskRunner | undefined {
    return this.#byPartition.get(nameOf(partition))
  }

  /**
   * Keeps a task when nobody else can have owned it in between, which shows in what is committed for it; closes
   * anything else, and opens what is new from what is committed. Gives whether one begins where no commit says.
   */
  async take(partitions: readonly TopicPartition[]): Promise<boolean> {
    const places = placesOf(this.#parts.topology.subTopologies, partitions)
    for (const id of this.#runners.keys()) if (!places.has(id)) this.close(id)
    // exactly once: whoever may still write for these tasks is fenced before their offsets are read
    await this.#lanes.open([...places.keys()].filter((id) => !this.#runners.has(id)))
    let committed = await this.#consumer.committed(partitions)
    const changed = this.runners
      .filter((runner) => !runner.isKeptBy((queue) => find(committed, queue)))
      .map(({ task }) => task.id)
    for (const id of changed) this.close(id)
    if (changed.length > 0 && (await this.#lanes.open(changed))) committed = await this.#consumer.committed(partitions)
    return this.#open(
      [...places].filter(([id]) => !this.#runners.has(id)).map(([, place]) => place),
      committed,
    )
  }

  close(id: string): void {
    const runner = this.#runners.get(id)
    if (runner === undefined) return
    runner.stop()
    this.#forget(runner)
  }

  /** Before its first record: the local stores of a task are deleted, and it is restored from its changelogs alone. */
  async #rebuild(runner: TaskRunner): Promise<void> {
    const { id, partition, queues } = runner.task
    const { logger, wipeStores } = this.#parts
    logger.warn({ taskId: id }, 'Local state is ahead of what is committed, or of its changelog: it is built anew')
    const inputs = queues.map(({ topic }) => ({ topic, partition }))
    // its partitions stay paused: a delivery without a task would be lost
    runner.stop({ resumes: false })
    this.#forget(runner)
    wipeStores(id)
    await this.#lanes.open([id])
    const places = placesOf(this.#parts.topology.subTopologies, inputs)
    await this.#open([...places.values()], await this.#consumer.committed(inputs))
    this.of(inputs[0]!)?.release()
  }

  #forget(runner: TaskRunner): void {
    this.#runners.delete(runner.task.id)
    for (const queue of runner.task.queues) this.#byPartition.delete(nameOf(queue))
    this.#lanes.close(runner.task.id)
  }

  closeAll(): void {
    for (const id of this.#runners.keys()) this.close(id)
  }

  async #open(places: readonly TaskPlace[], committed: readonly CommittedOffset[]): Promise<boolean> {
    const { topology, transport, logger } = this.#parts
    const inputs = places.flatMap(({ sub, partition }) => sub.sourceTopics.map((topic) => ({ topic, partition })))
    const positions = await startPositions(topology, inputs, committed, transport.admin, logger)
    for (const place of places) {
      const lane = this.#lanes.of(taskId(place.sub, place.partition))
      const runner = await this.#opener.open(place, lane, positions, committed, {
        started: (of) => this.#listener.started(of),
        isAhead: (of) => {
          this.#rebuild(of).catch((thrown: unknown) => this.#listener.failed(of, thrown))
        },
        failed: (of, thrown) => this.#listener.failed(of, thrown),
      })
      this.#runners.set(runner.task.id, runner)
      for (const queue of runner.task.queues) this.#byPartition.set(nameOf(queue), runner)
      runner.results$.subscribe({
        next: (result) => this.#listener.processed(result, runner),
        error: (thrown: unknown) => this.#listener.failed(runner, thrown),
      })
    }
    return positions.some((one) => find(committed, one)?.offset !== one.offset)
  }
}

function find(
  committed: readonly CommittedOffset[],
  { topic, partition }: TopicPartition,
): CommittedOffset | undefined {
  return committed.find((one) => one.topic === topic && one.partition === partition)
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`
}
