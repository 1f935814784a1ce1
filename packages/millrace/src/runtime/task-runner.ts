import { type Observable, Subject } from 'rxjs'
import type { Clock, CommittedOffset, RecordBatch, TopicPartition } from '../ports/index.ts'
import type { ChangelogGap, PartitionQueue, Task, TaskNote } from '../task/index.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { type MicroBatchResult, microBatches } from './micro-batch.ts'
import type { MicroBatchLimits } from './run-options.ts'
import type { OutputLane } from './output-lane.ts'
import type { RestoreProgress } from './restore-task.ts'
import { Signal } from './signal.ts'
import { sliceMs, type TimeSlices } from './time-slices.ts'

export interface FlowControl {
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
}

export interface RunnerParts {
  readonly limits: MicroBatchLimits
  readonly flow: FlowControl
  readonly clock: Clock
  readonly slices: TimeSlices
  /** Marks the keys that stand in these stretches of the task's changelogs to be written again. */
  readonly mend: (gaps: readonly ChangelogGap[], signal: AbortSignal) => Promise<void>
}

/**
 * Drives one task: waits until it may go on, runs one micro-batch, and says so. Holds back deliveries while the task
 * has enough to do, and the task while a sink or the outputs have too much.
 */
export class TaskRunner {
  readonly task: Task
  readonly lane: OutputLane
  readonly results$: Observable<MicroBatchResult>
  /** By topic: what the group has committed for this task, as far as this member knows. */
  committed: ReadonlyMap<string, CommittedOffset> = new Map()
  /** Whether the next commit has to happen although no offset moved: keys of changelogs are to be written again. */
  mustCommit = false
  #attempted: ReadonlyMap<string, CommittedOffset> = new Map()
  #attemptedEnds: ReadonlyMap<string, number | undefined> = new Map()
  readonly #mend: RunnerParts['mend']
  readonly #slices: TimeSlices
  readonly #stopped = new AbortController()
  readonly restore: RestoreProgress = { done: 0, total: 0, touched: 0, isDone: false }
  /** Records that the lane had taken at the last note, and at the last commit. */
  #notedOutputs = 0
  #committedOutputs = 0
  #isStarted = false
  readonly #clock: Clock
  readonly #limits: MicroBatchLimits
  readonly #flow: FlowControl
  readonly #wake = new Signal()
  readonly #idle = new Signal()
  readonly #stop$ = new Subject<void>()
  #isHeld = true
  #isStopped = false
  #isBusy = false
  readonly #paused = new Set<PartitionQueue>()
  #oldestWaitingMs = 0
  #sliceStartMs = 0

  constructor(task: Task, lane: OutputLane, parts: RunnerParts) {
    this.task = task
    this.lane = lane
    this.#limits = parts.limits
    this.#flow = parts.flow
    this.#clock = parts.clock
    this.#mend = parts.mend
    this.#slices = parts.slices
    this.results$ = microBatches(() => this.#turn(), this.#stop$)
  }

  enqueue(batch: RecordBatch): void {
    if (this.task.waitingRecords === 0) this.#oldestWaitingMs = this.#clock.nowMs()
    this.task.enqueue(batch)
    // an input that the others wait for is never paused: nothing would go on
    if (this.#hasPlenty()) this.#pause(this.task.queues.filter((queue) => !queue.isBehind))
    this.#wake.notify()
  }

  /** Starts no further micro-batch; resolves when the one under way is done. */
  async hold(): Promise<void> {
    this.#isHeld = true
    while (this.#isBusy && !this.#isStopped) await this.#idle.wait()
  }

  /**
   * Notes what a commit may cover, between two micro-batches where something depends on that: record caches are let go,
   * and what they held belongs to the note. undefined while stores are being restored, and after the end.
   */
  async note(): Promise<TaskNote | undefined> {
    if (!this.#isStarted || this.#isStopped) return undefined
    const { task, lane } = this
    if (!task.hasState && !task.hasCaches && !lane.isTransactional) return task.note()
    const wasHeld = this.#isHeld
    await this.hold()
    if (this.#isStopped) return undefined
    this.#isBusy = true
    try {
      task.flushCaches()
      await this.#completeTurn()
      return await this.#slices.run(() => (this.#isStopped ? undefined : this.#noteNow()))
    } finally {
      this.#isBusy = false
      this.#idle.notify()
      if (!wasHeld) this.release()
    }
  }

  #noteNow(): TaskNote {
    const note = this.task.note()
    if (this.lane.isTransactional) this.lane.outputs.seal()
    this.#notedOutputs = this.lane.outputs.added
    return note
  }

  /** Whether there is something to commit. Offsets below the committed ones, too: a topic that was made anew starts over. */
  hasNews(note: TaskNote): boolean {
    if (note.changes > 0 || this.mustCommit) return true
    if (this.lane.isTransactional && this.#notedOutputs > this.#committedOutputs) return true
    return note.offsets.some(({ topic, offset }) => offset !== this.committed.get(topic)?.offset)
  }

  /** A commit is on its way: should its answer be lost, it may have happened all the same. */
  attempt(offsets: readonly CommittedOffset[]): void {
    this.#attempted = new Map([...this.committed, ...offsets.map((one) => [one.topic, one] as const)])
    this.#attemptedEnds = this.task.storeEnds([...this.#attempted.values()])
  }

  /** The commit happened: it is what a rebalance compares with. */
  succeeded(): void {
    this.committed = this.#attempted
    this.mustCommit = false
    this.#committedOutputs = this.#notedOutputs
  }

  /** Brings local stores to disk as the commit that succeeded last names them. */
  flushStores(): Promise<void> {
    const checkpoints = [...this.#attemptedEnds].map(
      ([name, end]) => [name, writeCheckpoint(end, this.#clock.nowMs())] as const,
    )
    return this.#slices.run(() => {
      if (!this.#isStopped) this.task.flushStores(new Map(checkpoints))
    })
  }

  /** Whether nobody else can have owned the task: the group's committed offsets are what this member committed last. */
  isKeptBy(committed: (queue: TopicPartition) => CommittedOffset | undefined): boolean {
    const { queues } = this.task
    const isSame = (known: ReadonlyMap<string, CommittedOffset>): boolean =>
      queues.every((queue) => {
        const one = committed(queue)
        const other = known.get(queue.topic)
        return one?.offset === other?.offset && (one?.metadata ?? '') === (other?.metadata ?? '')
      })
    if (isSame(this.committed)) return true
    if (!isSame(this.#attempted)) return false
    this.committed = this.#attempted
    return true
  }

  /** Has the keys that others wrote into its changelogs written again with the next note. */
  async mend(): Promise<void> {
    this.mustCommit = true
    await this.#mend(this.task.changelogs.takeGaps(), this.stopped)
  }

  /** Its stores are as the last commit left them: processing may begin. */
  start(): void {
    if (this.#isStarted || this.#isStopped) return
    this.#isStarted = true
    this.task.start()
    this.#resumeIfLow()
    this.#wake.notify()
  }

  get id(): string {
    return this.task.id
  }

  /** Changes whenever the task gets on with something. */
  get progressMark(): string {
    const at = this.task.queues.map(({ position }) => position).join()
    return `${at} ${this.restore.done} ${this.task.writers.map(({ stats }) => stats.writtenRows).join()}`
  }

  /** What keeps the task from going on, in words; undefined when it has nothing to do. */
  get waitsFor(): string | undefined {
    const { task, lane } = this
    if (!this.#isStarted) return 'its changelogs'
    if (this.#isBusy && task.hasPendingCuts) return 'a promise of an asynchronous operation'
    if (task.isSinkFull) return 'a sink'
    if (lane.outputs.isFull) return 'acknowledgements of its outputs'
    if (task.waitingRecords === 0) return undefined
    return task.isWaiting ? 'records of an input that is behind the others' : 'its turn'
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  release(): void {
    this.#isHeld = false
    this.#wake.notify()
  }

  /** Aborted when the task ends. */
  get stopped(): AbortSignal {
    return this.#stopped.signal
  }

  /** Lets nothing come while its stores are being restored. */
  holdDeliveries(): void {
    this.#pause(this.task.queues)
  }

  /** Ends for good; what waits is forgotten. */
  stop({ resumes }: { readonly resumes: boolean } = { resumes: true }): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#stopped.abort()
    this.task.abandon()
    // a pause outlives rebalances, and these partitions may come back with another task
    if (resumes && this.#paused.size > 0) this.#flow.resume([...this.#paused])
    this.#stop$.next()
    this.#wake.notify()
    this.#idle.notify()
  }

  async #turn(): Promise<MicroBatchResult | undefined> {
    await this.#mayGoOn()
    if (this.#isStopped) return undefined
    this.#isBusy = true
    try {
      const records = this.task.waitingRecords > 0 ? this.task.process(this.#batchSize()) : 0
      this.task.punctuate()
      await this.#completeTurn()
      if (this.#isStopped) return undefined
      this.#resumeIfLow()
      return { taskId: this.task.id, records }
    } finally {
      this.#isBusy = false
      this.#idle.notify()
    }
  }

  async #completeTurn(): Promise<void> {
    if (this.task.hasPendingCuts) await this.task.drainCuts()
    if (this.#isStopped) return
    this.task.complete()
    this.lane.outputs.kick()
  }

  async #mayGoOn(): Promise<void> {
    for (;;) {
      if (this.#isStopped) return
      if (this.#isHeld || !this.#isStarted) await this.#wake.wait()
      else if (this.task.waitingRecords === 0 || this.task.isWaiting) {
        if (this.task.nextPunctuationMs <= this.#clock.nowMs()) return
        await this.#wakeOrPunctuation()
      } else if (this.task.isSinkFull) await Promise.all(this.task.writers.map((writer) => writer.drained()))
      else if (this.lane.outputs.isFull) await this.lane.outputs.drained()
      else if (this.#linger() > 0) await this.#sleep(this.#linger())
      else if (this.#clock.nowMs() - this.#sliceStartMs >= sliceMs) {
        await this.#clock.yield()
        this.#sliceStartMs = this.#clock.nowMs()
      } else return
    }
  }

  /** How long to wait for a fuller micro-batch, ms. */
  #linger(): number {
    if (this.#limits.maxWaitMs === 0 || this.task.waitingRecords >= this.#limits.maxRecords) return 0
    return this.#oldestWaitingMs + this.#limits.maxWaitMs - this.#clock.nowMs()
  }

  /** Waits for a delivery, at most until the next wall-clock callback. */
  #wakeOrPunctuation(): Promise<void> {
    const { nextPunctuationMs } = this.task
    return nextPunctuationMs === Infinity ? this.#wake.wait() : this.#sleep(nextPunctuationMs - this.#clock.nowMs())
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(delayMs, resolve)
      void this.#wake.wait().then(() => {
        cancel()
        resolve()
      })
    })
  }

  /** Records of the next micro-batch: bounded in records, and in bytes by their average size. */
  #batchSize(): number {
    const { waitingRecords, waitingBytes } = this.task
    const byBytes = Math.ceil((this.#limits.maxBytes * waitingRecords) / Math.max(1, waitingBytes))
    return Math.max(1, Math.min(this.#limits.maxRecords, byBytes))
  }

  #hasPlenty(): boolean {
    return (
      this.task.waitingBytes >= this.#limits.maxWaitingBytes ||
      this.task.waitingRecords >= this.#limits.maxWaitingRecords
    )
  }

  #pause(queues: readonly PartitionQueue[]): void {
    const running = queues.filter((queue) => !this.#paused.has(queue))
    if (running.length === 0) return
    for (const queue of running) this.#paused.add(queue)
    this.#flow.pause(running)
  }

  #resumeIfLow(): void {
    this.#oldestWaitingMs = this.#clock.nowMs()
    if (this.#paused.size === 0) return
    const { maxWaitingBytes, maxWaitingRecords } = this.#limits
    const isLow = this.task.waitingBytes * 2 <= maxWaitingBytes && this.task.waitingRecords * 2 <= maxWaitingRecords
    const resumed = [...this.#paused].filter((queue) => isLow || queue.isBehind)
    if (resumed.length === 0) return
    for (const queue of resumed) this.#paused.delete(queue)
    this.#flow.resume(resumed)
  }
}
