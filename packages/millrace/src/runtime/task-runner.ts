import { type Observable, Subject } from 'rxjs'
import type { Clock, RecordBatch, TopicPartition } from '../ports/index.ts'
import type { PartitionQueue, Task } from '../task/index.ts'
import { type MicroBatchResult, microBatches } from './micro-batch.ts'
import type { MicroBatchLimits } from './run-options.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { Signal } from './signal.ts'

/** A stretch of synchronous work after which everything else that waits (heartbeats, sockets) gets its turn. */
const sliceMs = 5

export interface FlowControl {
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
}

/**
 * Drives one task: waits until it may go on, runs one micro-batch, and says so. Holds back deliveries while the task
 * has enough to do, and the task while a sink or the outputs have too much.
 */
export class TaskRunner {
  readonly task: Task
  readonly results$: Observable<MicroBatchResult>
  /** What the group has committed for this task, as far as this member knows; decides whether it may be kept. */
  committed: ReadonlyMap<string, number> = new Map()
  readonly #clock: Clock
  readonly #limits: MicroBatchLimits
  readonly #outputs: OutputBuffer
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

  constructor(task: Task, limits: MicroBatchLimits, outputs: OutputBuffer, flow: FlowControl, clock: Clock) {
    this.task = task
    this.#limits = limits
    this.#outputs = outputs
    this.#flow = flow
    this.#clock = clock
    this.results$ = microBatches(() => this.#turn(), this.#stop$)
  }

  enqueue(batch: RecordBatch): void {
    if (this.task.waitingRecords === 0) this.#oldestWaitingMs = this.#clock.nowMs()
    this.task.enqueue(batch)
    if (this.#hasPlenty()) this.#pause()
    this.#wake.notify()
  }

  /** Starts no further micro-batch; resolves when the one under way is done. */
  async hold(): Promise<void> {
    this.#isHeld = true
    while (this.#isBusy && !this.#isStopped) await this.#idle.wait()
  }

  /** Lets record caches go, between two micro-batches: what they held belongs to the commit that asks for it. */
  async flushCaches(): Promise<void> {
    if (!this.task.hasCaches) return
    const wasHeld = this.#isHeld
    await this.hold()
    if (this.#isStopped) return
    this.#isBusy = true
    try {
      this.task.flushCaches()
      await this.#completeTurn()
    } finally {
      this.#isBusy = false
      this.#idle.notify()
    }
    if (!wasHeld) this.release()
  }

  release(): void {
    this.#isHeld = false
    this.#wake.notify()
  }

  /** Ends for good; what waits is forgotten. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.task.abandon()
    // a pause outlives rebalances, and these partitions may come back with another task
    if (this.#paused.size > 0) this.#flow.resume([...this.#paused])
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
    this.#outputs.kick()
  }

  async #mayGoOn(): Promise<void> {
    for (;;) {
      if (this.#isStopped) return
      if (this.#isHeld) await this.#wake.wait()
      else if (this.task.waitingRecords === 0 || this.task.isWaiting) {
        if (this.task.nextPunctuationMs <= this.#clock.nowMs()) return
        await this.#wakeOrPunctuation()
      } else if (this.task.isSinkFull) await Promise.all(this.task.writers.map((writer) => writer.drained()))
      else if (this.#outputs.isFull) await this.#outputs.drained()
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

  /** An input that the others wait for is never paused: nothing would go on. */
  #pause(): void {
    const full = this.task.queues.filter((queue) => !queue.isBehind && !this.#paused.has(queue))
    if (full.length === 0) return
    for (const queue of full) this.#paused.add(queue)
    this.#flow.pause(full)
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
