import { type Observable, Subject } from 'rxjs'
import type { CompiledTopology } from '../compile/index.ts'
import { messageOf, StreamsError } from '../errors/index.ts'
import type {
  Assignment,
  Clock,
  ConsumerListener,
  Logger,
  Metrics,
  PartitionOffset,
  RecordBatch,
  Transport,
  TransportConsumer,
} from '../ports/index.ts'
import type { TaskHost } from '../task/index.ts'
import type { StandbyMetrics } from './app-metrics.ts'
import { asStreamsError } from './as-streams-error.ts'
import { AssignedTasks, type TaskConsumer } from './assigned-tasks.ts'
import { createAssignor } from './assignor.ts'
import { ChangelogReader } from './changelog-reader.ts'
import { commitCycle } from './commit-cycle.ts'
import { type GroupInfo, readGroupInfo, writeMemberInfo } from './group-info.ts'
import type { Lanes } from './lanes.ts'
import type { OutputLane } from './output-lane.ts'
import { Purge } from './purge.ts'
import { RejoinBudget } from './rejoin-budget.ts'
import { RestoreLog } from './restore-log.ts'
import type { FilledRunOptions } from './run-options.ts'
import { StallWatch } from './stall-watch.ts'
import type { Standbys } from './standbys.ts'
import { TaskOpener } from './task-opener.ts'
import type { TaskRunner } from './task-runner.ts'

export interface InstanceParts {
  readonly applicationId: string
  readonly topology: CompiledTopology
  readonly options: FilledRunOptions
  readonly transport: Transport
  /** Of all topics, as they were at the start. */
  readonly partitionCounts: ReadonlyMap<string, number>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** `spare`: above 0, local stores live in another folder than the task's own, which somebody else keeps. */
  readonly host: (lane: OutputLane, standbys: Standbys, spare: number) => TaskHost
  /** Tasks of which there are local stores here, owned or not. */
  readonly localTasks: () => readonly string[]
  readonly standbys: (reader: ChangelogReader) => Standbys
  /** Deletes the local stores of a task. */
  readonly wipeStores: (taskId: string) => void
  readonly lanes: (member: LaneOwner) => Lanes
}

/** What lanes ask of their member. */
export interface LaneOwner {
  consumer(): TransportConsumer
  laneFailed(error: StreamsError): void
}

export type InstanceState = 'joining' | 'rebalancing' | 'restoring' | 'running'

export type InstanceEvent =
  | { readonly kind: 'state'; readonly state: InstanceState }
  | { readonly kind: 'failed'; readonly error: StreamsError }

/** Commits that begin anew because somebody else wrote into a changelog; more than a zombie or two can cause. */
const maxMends = 20

/** One member of the group with its tasks. */
export class Instance implements ConsumerListener, LaneOwner {
  readonly #events = new Subject<InstanceEvent>()
  readonly events$: Observable<InstanceEvent> = this.#events.asObservable()
  readonly #parts: InstanceParts
  readonly #lanes: Lanes
  readonly #reader: ChangelogReader
  readonly #tasks: AssignedTasks
  readonly #standbys: Standbys
  readonly #purge: Purge
  readonly #stalls: StallWatch
  readonly #restoreLog: RestoreLog
  readonly #rejoins: RejoinBudget
  #consumer: TransportConsumer
  #generation = -1
  #state: InstanceState = 'joining'
  #group: GroupInfo = { members: [] }
  #committing: Promise<number> | undefined
  #cancelTimer: (() => void) | undefined
  #uncommitted = 0
  #isClosing = false
  #rejoining: Promise<void> | undefined

  constructor(parts: InstanceParts) {
    const { transport, applicationId, topology, clock, logger } = parts
    this.#parts = parts
    this.#consumer = this.#createConsumer()
    this.#lanes = parts.lanes(this)
    this.#reader = new ChangelogReader(transport, applicationId)
    const consumer: TaskConsumer = {
      committed: (...args: Parameters<TransportConsumer['committed']>) => this.#consumer.committed(...args),
      pause: (...args: Parameters<TransportConsumer['pause']>) => this.#consumer.pause(...args),
      resume: (...args: Parameters<TransportConsumer['resume']>) => this.#consumer.resume(...args),
    }
    this.#standbys = parts.standbys(this.#reader)
    const opener = new TaskOpener(parts, consumer, this.#reader, this.#standbys)
    this.#tasks = new AssignedTasks(parts, consumer, opener, this.#lanes, {
      processed: ({ records }, runner) => this.#processed(records, runner),
      failed: (_runner, thrown) => this.#taskFailed(asStreamsError(thrown)),
      started: (runner) => this.#taskStarted(runner),
    })
    const internal = topology.repartitionTopics.map(({ topic }) => topic)
    this.#purge = new Purge(internal, transport.admin, clock, logger)
    this.#stalls = new StallWatch(parts.options.taskTimeoutMs, clock, logger, () => this.runners)
    this.#restoreLog = new RestoreLog(clock, logger, () => this.runners)
    this.#rejoins = new RejoinBudget(clock)
  }

  get runners(): readonly TaskRunner[] {
    return this.#tasks.runners
  }

  get standbys(): readonly StandbyMetrics[] {
    return this.#standbys.metrics
  }

  get state(): InstanceState {
    return this.#state
  }

  /** Who has which tasks, as of the last assignment. */
  get group(): GroupInfo {
    return this.#group
  }

  consumer(): TransportConsumer {
    return this.#consumer
  }

  start(): Promise<void> {
    this.#stalls.start()
    return this.#consumer.start()
  }

  async onAssigned(assignment: Assignment): Promise<readonly PartitionOffset[]> {
    const { partitions, generation, memberId } = assignment
    await Promise.all(this.runners.map((runner) => runner.hold()))
    const isAtNoCommit = await this.#tasks.take(partitions)
    this.#generation = generation
    this.#group = readGroupInfo(assignment.info)
    const expected = this.runners.flatMap((runner) =>
      runner.task.queues.map(({ topic, partition, expected: offset }) => ({ topic, partition, offset })),
    )
    for (const runner of this.runners) runner.release()
    this.#scheduleCommit()
    // else a crash before the first commit would start over at a later end of the log
    if (isAtNoCommit) this.#commitInBackground()
    const tasks = this.runners.map((runner) => runner.task.id)
    this.#parts.logger.info(
      { generation, memberId, tasks },
      `Assigned ${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}`,
    )
    if (!this.#isClosing) {
      this.#standbys.set(this.#group.members.find((member) => member.memberId === memberId)?.standbys ?? [])
    }
    this.#settleState()
    return expected
  }

  onBatch(batch: RecordBatch, generation: number): void {
    if (generation === this.#generation) this.#tasks.of(batch)?.enqueue(batch)
  }

  async onRevoking(generation: number): Promise<void> {
    if (generation !== this.#generation) return
    this.#parts.metrics.counter('rebalances', '').value++
    this.#become('rebalancing')
    await this.#settle()
    // a sink that was slow may have made this end after the next generation has begun
    if (this.#generation === generation) this.#generation = -1
  }

  onFailed(error: StreamsError): void {
    this.#fail(error)
  }

  laneFailed(error: StreamsError): void {
    this.#taskFailed(error)
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
    this.#stalls.stop()
    this.#restoreLog.stop()
    await this.#rejoining?.catch(() => {})
    await this.#settle()
    await this.#consumer.stop()
    this.#tasks.closeAll()
    this.#standbys.close()
    await this.#reader.close()
    await this.#lanes.closeAll()
  }

  /** Gives up whatever is under way, so that a `close()` that waits for it ends. */
  abandon(): void {
    for (const runner of this.runners) runner.stop()
  }

  #createConsumer(): TransportConsumer {
    const { transport, applicationId, topology, options } = this.#parts
    return transport.consumer(
      {
        groupId: applicationId,
        clientId: applicationId,
        topics: topology.consumedTopics,
        assignor: createAssignor(topology, options.standbyReplicas),
        info: () => this.#info(),
        isolation: 'read_committed',
      },
      this,
    )
  }

  #info(): string {
    const { endpoint } = this.#parts.options
    const warm = [...new Set([...this.#standbys.ids, ...this.#parts.localTasks()])]
    return writeMemberInfo(endpoint === undefined ? { warm } : { endpoint, warm })
  }

  /** Lets micro-batches under way end and commits what is complete; what cannot be committed is read again. */
  async #settle(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.hold()))
    try {
      await this.#committing?.catch(() => {})
      await this.commit()
    } catch (thrown) {
      const { logger } = this.#parts
      logger.warn({ error: messageOf(thrown) }, 'Not committed before leaving: what is open is read again')
    }
  }

  async #commitOnce(): Promise<number> {
    let moved = 0
    for (let round = 0; round < maxMends; round++) {
      const generation = this.#generation
      if (generation < 0) return moved
      this.#uncommitted = 0
      try {
        const outcome = await commitCycle(this.runners, generation)
        moved += outcome.moved
        if (outcome.moved > 0) this.#committed()
        if (!outcome.isUnfinished) return moved
        this.#parts.logger.warn(
          { generation },
          'Somebody else has written into a changelog; its keys are written again',
        )
      } catch (thrown) {
        if (!isOvertaken(thrown)) throw thrown
        this.#parts.logger.debug({ generation }, 'A rebalance overtook a commit')
        return moved
      }
    }
    return moved
  }

  #committed(): void {
    this.#parts.metrics.counter('commits', '').value++
    this.#rejoins.succeeded()
    this.#purge.below(this.runners.flatMap(({ committed }) => [...committed.values()]))
  }

  #scheduleCommit(): void {
    this.#cancelTimer?.()
    if (this.#isClosing) return
    const { clock, options } = this.#parts
    this.#cancelTimer = clock.schedule(options.commitEveryMs, () => {
      this.#commitInBackground()
      this.#scheduleCommit()
    })
  }

  #commitInBackground(): void {
    this.commit().catch((thrown: unknown) => {
      const error = asStreamsError(thrown)
      if (!error.retriable) return this.#taskFailed(error)
      const { metrics, logger } = this.#parts
      metrics.counter('commit-retries', '').value++
      logger.warn({ code: error.code, error: error.message }, 'Commit failed; it is tried again')
    })
  }

  #processed(records: number, { task }: TaskRunner): void {
    this.#uncommitted += records
    const { commitMaxRecords, commitMaxStateBytes } = this.#parts.options
    if (this.#committing !== undefined) return
    if (this.#uncommitted >= commitMaxRecords || task.pendingBytes >= commitMaxStateBytes) this.#commitInBackground()
  }

  #taskStarted(runner: TaskRunner): void {
    if (runner.mustCommit) this.#commitInBackground()
    this.#settleState()
  }

  #settleState(): void {
    if (this.#generation < 0 || this.#isClosing) return
    const isRestoring = this.runners.some((runner) => !runner.isStarted)
    if (isRestoring) this.#restoreLog.start()
    else this.#restoreLog.stop()
    this.#become(isRestoring ? 'restoring' : 'running')
  }

  #become(state: InstanceState): void {
    if (this.#state === state) return
    this.#state = state
    this.#events.next({ kind: 'state', state })
  }

  /** Exactly once: what a failed transaction held is void, so all tasks begin anew from what is committed. */
  #taskFailed(error: StreamsError): void {
    if (isOvertaken(error)) return
    if (!endsTransaction(error) || this.#isClosing) return this.#fail(error)
    this.#rejoining ??= this.#rejoin(error)
      .catch((thrown: unknown) => this.#fail(asStreamsError(thrown)))
      .finally(() => {
        this.#rejoining = undefined
      })
  }

  async #rejoin(error: StreamsError): Promise<void> {
    await this.#rejoins.wait(error)
    this.#parts.logger.warn({ code: error.code, error: error.message }, 'A transaction failed; the member joins anew')
    this.#generation = -1
    this.#become('rebalancing')
    this.#tasks.closeAll()
    await this.#consumer.stop()
    if (this.#isClosing) return
    this.#consumer = this.#createConsumer()
    await this.#consumer.start()
  }

  #fail(error: StreamsError): void {
    if (!this.#isClosing) this.#events.next({ kind: 'failed', error })
  }
}

function isOvertaken(thrown: unknown): boolean {
  return thrown instanceof StreamsError && (thrown.code === 'GENERATION_LOST' || thrown.code === 'SINK_CLOSED')
}

function endsTransaction(error: StreamsError): boolean {
  return error.code === 'PRODUCER_FENCED' || error.code === 'TRANSACTION_FAILED'
}
