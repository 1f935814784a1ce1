import { type Observable, Subject } from 'rxjs'
import type { CompiledTopology } from '../compile/index.ts'
import { messageOf, StreamsError } from '../errors/index.ts'
import type {
  Assignment,
  CommittedOffset,
  ConsumerListener,
  Logger,
  PartitionOffset,
  RecordBatch,
  TopicPartition,
  Transport,
  TransportConsumer,
} from '../ports/index.ts'
import { Task, type TaskHost, taskId } from '../task/index.ts'
import { asStreamsError } from './as-streams-error.ts'
import { createAssignor } from './assignor.ts'
import { commitCycle } from './commit-cycle.ts'
import type { OutputBuffer } from './output-buffer.ts'
import type { FilledRunOptions } from './run-options.ts'
import { type StartPosition, startPositions } from './start-positions.ts'
import { TaskRunner } from './task-runner.ts'

export interface InstanceParts {
  readonly applicationId: string
  readonly topology: CompiledTopology
  readonly options: FilledRunOptions
  readonly transport: Transport
  readonly outputs: OutputBuffer
  readonly host: TaskHost
}

export type InstanceEvent =
  | { readonly kind: 'assigned'; readonly tasks: number }
  | { readonly kind: 'revoking' }
  | { readonly kind: 'failed'; readonly error: StreamsError }

/**
 * One member of the group with its tasks. Keeps a task across a rebalance when nobody else can have owned it in
 * between, which it knows by the committed offset; anything else is closed and begun anew from what is committed.
 */
export class Instance implements ConsumerListener {
  readonly #events = new Subject<InstanceEvent>()
  readonly events$: Observable<InstanceEvent> = this.#events.asObservable()
  readonly #parts: InstanceParts
  readonly #logger: Logger
  readonly #consumer: TransportConsumer
  readonly #runners = new Map<string, TaskRunner>()
  readonly #byPartition = new Map<string, TaskRunner>()
  #generation = -1
  #committing: Promise<number> | undefined
  #cancelTimer: (() => void) | undefined
  #uncommitted = 0
  #isClosing = false

  constructor(parts: InstanceParts) {
    this.#parts = parts
    this.#logger = parts.host.logger
    this.#consumer = parts.transport.consumer(
      {
        groupId: parts.applicationId,
        clientId: parts.applicationId,
        topics: parts.topology.consumedTopics,
        assignor: createAssignor(parts.topology),
        isolation: 'read_committed',
      },
      this,
    )
  }

  get runners(): readonly TaskRunner[] {
    return [...this.#runners.values()]
  }

  start(): Promise<void> {
    return this.#consumer.start()
  }

  async onAssigned(assignment: Assignment): Promise<readonly PartitionOffset[]> {
    const { partitions, generation } = assignment
    await Promise.all(this.runners.map((runner) => runner.hold()))
    const committed = await this.#consumer.committed(partitions)
    this.#closeLost(partitions, committed)
    const fresh = partitions.filter((one) => !this.#byPartition.has(partitionKey(one)))
    const { topology, transport } = this.#parts
    const positions = await startPositions(topology, fresh, committed, transport.admin, this.#logger)
    this.#openTasks(positions, committed)
    this.#generation = generation
    const expected = this.runners.flatMap((runner) =>
      runner.task.queues.map(({ topic, partition, expected: offset }) => ({ topic, partition, offset })),
    )
    for (const runner of this.runners) runner.release()
    this.#scheduleCommit()
    // else a crash before the first commit would start over at a later end of the log
    if (positions.some((one) => !committed.some((other) => isSame(one, other)))) this.#commitInBackground()
    this.#logger.info(
      { generation, memberId: assignment.memberId, tasks: this.runners.map((runner) => runner.task.id) },
      `Assigned ${this.#runners.size} ${this.#runners.size === 1 ? 'task' : 'tasks'}`,
    )
    this.#events.next({ kind: 'assigned', tasks: this.#runners.size })
    return expected
  }

  onBatch(batch: RecordBatch, generation: number): void {
    if (generation === this.#generation) this.#byPartition.get(partitionKey(batch))?.enqueue(batch)
  }

  async onRevoking(generation: number): Promise<void> {
    if (generation !== this.#generation) return
    this.#events.next({ kind: 'revoking' })
    await this.#settle()
    // a sink that was slow may have made this end after the next generation has begun
    if (this.#generation === generation) this.#generation = -1
  }

  onFailed(error: StreamsError): void {
    this.#fail(error)
  }

  /** Runs a commit cycle, or joins the one under way. Gives how many partitions moved; 0 when the generation is over. */
  commit(): Promise<number> {
    this.#committing ??= this.#commitOnce().finally(() => {
      this.#committing = undefined
    })
    return this.#committing
  }

  /** Stops taking records, commits what is done and leaves the group. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#cancelTimer?.()
    await this.#settle()
    await this.#consumer.stop()
    for (const runner of this.runners) runner.stop()
    this.#runners.clear()
    this.#byPartition.clear()
  }

  /** Gives up whatever is under way, so that a `close()` that waits for it ends. */
  abandon(): void {
    for (const runner of this.runners) runner.stop()
  }

  /** Lets micro-batches under way end and commits what is complete; what cannot be committed is read again. */
  async #settle(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.hold()))
    try {
      await this.#committing?.catch(() => {})
      await this.commit()
    } catch (thrown) {
      this.#logger.warn({ error: messageOf(thrown) }, 'Not committed before leaving: what is open is read again')
    }
  }

  async #commitOnce(): Promise<number> {
    const generation = this.#generation
    if (generation < 0) return 0
    this.#uncommitted = 0
    const { outputs, host } = this.#parts
    try {
      const moved = await commitCycle(this.runners, outputs, this.#consumer, generation)
      if (moved > 0) host.metrics.counter('commits', '').value++
      return moved
    } catch (thrown) {
      if (thrown instanceof StreamsError && (thrown.code === 'GENERATION_LOST' || thrown.code === 'SINK_CLOSED')) {
        this.#logger.debug({ generation }, 'A rebalance overtook a commit')
        return 0
      }
      throw thrown
    }
  }

  #scheduleCommit(): void {
    this.#cancelTimer?.()
    if (this.#isClosing) return
    const { host, options } = this.#parts
    this.#cancelTimer = host.clock.schedule(options.commitEveryMs, () => {
      this.#commitInBackground()
      this.#scheduleCommit()
    })
  }

  #commitInBackground(): void {
    this.commit().catch((thrown: unknown) => {
      const error = asStreamsError(thrown)
      if (!error.retriable) return this.#fail(error)
      this.#parts.host.metrics.counter('commit-retries', '').value++
      this.#logger.warn({ code: error.code, error: error.message }, 'Commit failed; it is tried again')
    })
  }

  #closeLost(partitions: readonly TopicPartition[], committed: readonly CommittedOffset[]): void {
    const owned = new Set(partitions.map(partitionKey))
    const known = new Map(committed.map((one) => [partitionKey(one), one.offset]))
    for (const [id, runner] of this.#runners) {
      const isKept = runner.task.queues.every(
        (queue) =>
          owned.has(partitionKey(queue)) && known.get(partitionKey(queue)) === runner.committed.get(queue.topic),
      )
      if (isKept) continue
      runner.stop()
      this.#runners.delete(id)
      for (const queue of runner.task.queues) this.#byPartition.delete(partitionKey(queue))
    }
  }

  #openTasks(positions: readonly StartPosition[], committed: readonly CommittedOffset[]): void {
    const { topology, host, outputs, options } = this.#parts
    for (const sub of topology.subTopologies) {
      const own = positions.filter(({ topic }) => sub.sourceTopics.includes(topic))
      for (const partition of new Set(own.map((one) => one.partition))) {
        const task = new Task(sub, partition, own, topology.plan.onProcessError, host)
        const runner = new TaskRunner(task, options.limits, outputs, this.#consumer, host.clock)
        runner.committed = new Map(
          committed
            .filter((one) => one.partition === partition && sub.sourceTopics.includes(one.topic))
            .map(({ topic, offset }) => [topic, offset]),
        )
        this.#runners.set(taskId(sub, partition), runner)
        for (const queue of task.queues) this.#byPartition.set(partitionKey(queue), runner)
        runner.results$.subscribe({
          next: ({ records }) => this.#processed(records),
          error: (thrown: unknown) => this.#fail(asStreamsError(thrown)),
        })
      }
    }
  }

  #processed(records: number): void {
    this.#uncommitted += records
    if (this.#uncommitted < this.#parts.options.commitMaxRecords || this.#committing !== undefined) return
    this.#commitInBackground()
  }

  #fail(error: StreamsError): void {
    if (!this.#isClosing) this.#events.next({ kind: 'failed', error })
  }
}

function isSame(one: PartitionOffset, other: PartitionOffset): boolean {
  return one.topic === other.topic && one.partition === other.partition && one.offset === other.offset
}

function partitionKey(one: TopicPartition): string {
  return `${one.topic} ${one.partition}`
}
