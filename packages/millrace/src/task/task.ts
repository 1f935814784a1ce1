import type { SubTopology } from '../compile/index.ts'
import type { PlanNode, Policy } from '../plan/index.ts'
import type {
  PartitionOffset,
  RecordBatch,
  RecordHeaders,
  SinkWriter,
  StateStore,
  StoreChange,
} from '../ports/index.ts'
import { type AsyncCut, CurrentRecord, type TaskServices } from '../processors/index.ts'
import { type CommittedState, encodeCommitMetadata, type Origin } from './commit-metadata.ts'
import { failedRecord, Failures } from './failures.ts'
import { Origins } from './origins.ts'
import { PartitionGroup, type PartitionInput } from './partition-group.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { TaskChangelogs } from './task-changelogs.ts'
import { TaskClock } from './task-clock.ts'
import type { TaskHost } from './task-host.ts'
import { type InputPosition, type OpenInput, openInputs } from './task-inputs.ts'
import { openWriters, sinkCount } from './task-sinks.ts'
import { TaskState } from './task-state.ts'

/**
 * One sub-topology on one partition of each of its topics. Single-threaded: whoever runs it calls `process`, then
 * awaits `drainCuts`, then `complete`, and never overlaps them. `completed()` only ever names offsets below which
 * every record has gone through the whole chain.
 */
export class Task {
  readonly id: string
  readonly partition: number
  readonly writers: readonly SinkWriter[]
  readonly #group: PartitionGroup
  readonly #openInput: OpenInput
  readonly #cuts: AsyncCut[] = []
  readonly #sinkCounts: readonly (() => void)[]
  readonly #state: TaskState
  readonly #clock: TaskClock
  readonly #flushes: (() => void)[] = []
  readonly #closes: (() => void)[] = []
  readonly #starts: (() => void)[] = []
  readonly #origins = new Origins()
  readonly #sub: SubTopology
  readonly #host: TaskHost
  readonly changelogs: TaskChangelogs
  #completed: readonly PartitionOffset[]
  /** Whether something was taken that is not complete yet; stays so when a record fails. */
  #isOpen = false

  constructor(
    sub: SubTopology,
    partition: number,
    positions: readonly InputPosition[],
    policy: Policy,
    host: TaskHost,
    committed?: CommittedState,
  ) {
    this.id = taskId(sub, partition)
    this.#sub = sub
    this.#host = host
    this.partition = partition
    const record = new CurrentRecord()
    const failures = new Failures(this.id, policy, host)
    const writers = openWriters(sub, host, failures)
    this.writers = [...writers.values()]
    this.#sinkCounts = [...writers].map(([node, writer]) => sinkCount(node, writer, host))
    this.#state = new TaskState(sub, this.id, host)
    this.#clock = new TaskClock(record, host.clock)
    const services: TaskServices = {
      ...hostServices(record, failures, writers, host),
      ...this.#state.services,
      ...this.#clock.services,
      taskId: this.id,
      addCut: (cut) => this.#cuts.push(cut),
      beforeCommit: (flush) => this.#flushes.push(flush),
      onClose: (close) => this.#closes.push(close),
      onStart: (start) => this.#starts.push(start),
      isSeen: (topic, origin) => this.#origins.isSeen(topic, origin),
      seen: (topic, origin) => this.#origins.add(topic, origin),
    }
    const [inputs, openInput] = openInputs(sub, partition, positions, services)
    this.#openInput = openInput
    this.#group = new PartitionGroup(inputs)
    this.#completed = this.#positions()
    this.#state.openAll()
    this.changelogs = new TaskChangelogs(sub.changelogs, this.stores, host.isTransactional)
    this.#origins.restore(internalTopics(sub), committed)
    if (committed !== undefined) {
      services.streamTime.ms = committed.streamTimeMs
      for (const { queue, reader } of inputs) reader.partitionTime = committed.partitionTime(queue.topic)
    }
  }

  /** Once the stores are as the last commit left them, and before the first record. Idempotent. */
  start(): void {
    for (const start of this.#starts.splice(0)) start()
  }

  get queues(): readonly PartitionQueue[] {
    return this.#group.inputs.map((input) => input.queue)
  }

  /** For a driver that orders the inputs of several tasks itself, instead of calling `process`. */
  get inputs(): readonly PartitionInput[] {
    return this.#group.inputs
  }

  /** Reads one topic more from its beginning; gives whether a source takes it by its pattern. */
  addTopic(topic: string): boolean {
    const input = this.#openInput(topic)
    if (input !== undefined) this.#group.add(input)
    return input !== undefined
  }

  /** Takes a delivered batch; one of a partition that is not this task's is an error of the caller. */
  enqueue(batch: RecordBatch): void {
    const queue = this.#group.inputs.find((input) => input.queue.topic === batch.topic)?.queue
    queue?.enqueue(batch)
    // markers of transactions and the like: no micro-batch will come to complete them
    if (queue?.records === 0 && !this.#isOpen) this.#completed = this.#positions()
  }

  get waitingRecords(): number {
    return this.#group.records
  }

  get waitingBytes(): number {
    return this.#group.bytes
  }

  /** Whether a sink of this task has more than it should hold; see `writers`. */
  get isSinkFull(): boolean {
    return this.writers.some((writer) => writer.isFull)
  }

  /** Whether what waits must go on waiting for an input that has more, but has not brought it yet. */
  get isWaiting(): boolean {
    return this.#group.isWaiting
  }

  /** The synchronous part of a micro-batch: up to `maxRecords` records; gives how many there were. */
  process(maxRecords: number): number {
    if (this.#starts.length > 0) this.start()
    this.#isOpen = true
    return this.#group.process(maxRecords)
  }

  get hasPendingCuts(): boolean {
    return this.#cuts.some((cut) => cut.pending > 0)
  }

  /** The asynchronous part: what waits at cuts goes on, parents first. */
  async drainCuts(): Promise<void> {
    for (const cut of this.#cuts) if (cut.pending > 0) await cut.drain()
  }

  /** What is let go only at a commit: record caches. It may fill cuts; drain them, then `complete`. */
  flushCaches(): void {
    for (const flush of this.#flushes) flush()
  }

  get hasCaches(): boolean {
    return this.#flushes.length > 0
  }

  /** Wall-clock time at which `punctuate` has something to do, ms; Infinity for never. */
  get nextPunctuationMs(): number {
    return this.#clock.nextWallClockMs
  }

  /** Runs the wall-clock callbacks that are due. Like `process`, never between a `process` and its `complete`. */
  punctuate(): void {
    this.#clock.runWallClock()
  }

  /** Roughly what its stores hold for the next commit. */
  get pendingBytes(): number {
    let bytes = 0
    for (const store of this.stores.values()) bytes += store.pendingBytes
    return bytes
  }

  /** The stores of the task, by name. */
  get stores(): ReadonlyMap<string, StateStore> {
    return this.#state.stores
  }

  /** Ends a micro-batch: what was taken so far may be committed from now on. */
  complete(): void {
    this.#isOpen = false
    this.#completed = this.#positions()
  }

  /**
   * Notes what a commit may cover, and sends what its stores have changed to their changelogs. Between a `complete` and
   * the next `process`, with record caches let go.
   */
  note(): TaskNote {
    const write = (topic: string, change: StoreChange, headers: RecordHeaders): void =>
      this.#host.output(topic, change.key, change.value, change.timestamp, headers, this.partition)
    const changes = this.changelogs.write(write)
    const { streamTimeMs } = this
    const partitionTimes = new Map(
      this.inputs
        .filter(({ reader }) => reader.partitionTime >= 0)
        .map(({ queue, reader }) => [queue.topic, reader.partitionTime]),
    )
    return { offsets: this.#completed, changes, streamTimeMs, partitionTimes, origins: this.#origins.snapshot() }
  }

  /** Whether a commit of this task has more to say than offsets. */
  get hasState(): boolean {
    return this.#sub.stores.length > 0 || this.#sub.nodes.some((node) => node.kind === 'process' || keepsTime(node))
  }

  /** What goes with the offsets of a note, once everything that it sent is acknowledged. */
  metadata({ streamTimeMs, partitionTimes, origins }: TaskNote): string {
    if (!this.hasState) return ''
    const changelogEnds = this.changelogs.ends()
    return encodeCommitMetadata({ streamTimeMs, partitionTimes, origins, changelogEnds })
  }

  /**
   * How far a commit of these offsets brings every store, in offsets of what it is restored from; undefined for a store
   * that is not restored from anything.
   */
  storeEnds(offsets: readonly PartitionOffset[]): ReadonlyMap<string, number | undefined> {
    const ends = this.changelogs.ends()
    const sourced = new Map(this.changelogs.specs.filter((spec) => spec.isSource).map((spec) => [spec.storeName, spec]))
    const endOf = (name: string): number | undefined =>
      ends.get(name) ?? offsets.find(({ topic }) => topic === sourced.get(name)?.topic)?.offset
    return new Map([...this.stores.keys()].map((name) => [name, endOf(name)]))
  }

  /** Largest event time read, ms; -1 before the first. */
  get streamTimeMs(): number {
    return this.#clock.services.streamTime.ms
  }

  /** The next offset that it takes of one of its topics; undefined for a topic that it does not read. */
  positionOf(topic: string): number | undefined {
    return this.queues.find((queue) => queue.topic === topic)?.position
  }

  /** What its persistent stores know of the last commit that they were brought to disk with, by name. */
  checkpoint(storeName: string): Buffer | undefined {
    return this.#state.factory.checkpoint(storeName)
  }

  /** Brings persistent stores to disk as the last note found them, see `StoreFactory.flush`. */
  flushStores(checkpoints: ReadonlyMap<string, Buffer>): void {
    this.#state.factory.flush(checkpoints)
  }

  /** Next offsets after what is completely processed; sinks and outputs may still be on their way. */
  completed(): readonly PartitionOffset[] {
    return this.#completed
  }

  get lagRecords(): number {
    return this.queues.reduce((lag, queue) => lag + queue.lagRecords, 0)
  }

  /** Brings the counters of its sinks up to date with their writers. */
  countSinks(): void {
    for (const count of this.#sinkCounts) count()
  }

  /** Forgets everything that waits; for a task that was lost. */
  abandon(): void {
    this.countSinks()
    for (const queue of this.queues) queue.clear()
    for (const writer of this.writers) writer.abort()
    for (const close of this.#closes) close()
    this.#state.close()
  }

  #positions(): readonly PartitionOffset[] {
    return this.queues.map(({ topic, partition, position }) => ({ topic, partition, offset: position }))
  }
}

export function taskId(sub: SubTopology, partition: number): string {
  return `${sub.name}_${partition}`
}

/** What a commit of a task covers. */
export interface TaskNote {
  readonly offsets: readonly PartitionOffset[]
  /** Records sent to changelogs. */
  readonly changes: number
  readonly streamTimeMs: number
  readonly partitionTimes: ReadonlyMap<string, number>
  readonly origins: ReadonlyMap<string, ReadonlyMap<number, Origin>>
}

type HostServices = Pick<
  TaskServices,
  'record' | 'logger' | 'counter' | 'lookup' | 'output' | 'partitionsOf' | 'sink' | 'failed' | 'threw' | 'requestCommit'
>

function hostServices(
  record: CurrentRecord,
  failures: Failures,
  writers: ReadonlyMap<string, SinkWriter>,
  host: TaskHost,
): HostServices {
  return {
    record,
    logger: host.logger,
    counter: (name, node) => host.metrics.counter(name, node),
    lookup: (table) => host.lookup(table),
    output: (topic, key, value, timestamp, headers, partition) =>
      host.output(topic, key, value, timestamp, headers, partition),
    partitionsOf: (topic) => host.partitionsOf(topic),
    sink: (node) => writers.get(node)!,
    failed: (node, policy, error) => failures.apply(node, policy, error, failedRecord(record)),
    threw: (node, thrown) => failures.threw(node, thrown, record),
    requestCommit: () => host.requestCommit(),
  }
}

/** Whether how far a source has come is part of what it does: origins, partition time. */
function keepsTime(node: PlanNode): boolean {
  return node.kind === 'source' && (node.isInternal === true || node.timestamp !== undefined)
}

function internalTopics(sub: SubTopology): readonly string[] {
  return sub.nodes.flatMap((node) => (node.kind === 'source' && node.isInternal === true ? node.topics : []))
}
