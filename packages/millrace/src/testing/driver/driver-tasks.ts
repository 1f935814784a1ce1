import { type CompiledTopology, patternSourceOf } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { LookupTable, LookupTableSpec, StateStore } from '../../ports/index.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { createMemoryStores } from '../../state/index.ts'
import { GlobalTable, PartitionGroup, Task, type TaskHost, taskId } from '../../task/index.ts'
import type { ManualClock } from '../manual-clock.ts'
import { silentLogger } from '../silent-logger.ts'
import { DriverLogs } from './driver-logs.ts'
import { DriverOutputs, type Written } from './driver-outputs.ts'
import { commitOf, type DriverCommit, flushStores, restoreStores } from './driver-restore.ts'
import { DriverStores, type DriverStoreOptions } from './driver-stores.ts'
import { recordingWriter } from './recording-writer.ts'
import { singleRecordBatch } from './single-record-batch.ts'

type Lookups = ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>

// Waiting for the disk at every record would make tests slow, and stores on disk may be behind at a crash.
const commitsPerFlush = 20

export interface DriverTaskOptions extends Omit<DriverStoreOptions, 'applicationId'> {
  /** Default 1. */
  readonly commitEvery?: number
}

/** One task per sub-topology, run one record at a time. */
export class DriverTasks {
  readonly metrics: MetricsRegistry = new MetricsRegistry()
  readonly outputs: DriverOutputs = new DriverOutputs()
  readonly inputTopics: readonly string[]
  readonly #topology: CompiledTopology
  readonly #lookups: Lookups
  #globals: ReadonlyMap<string, GlobalTable>
  #tasks: readonly Task[]
  /** The inputs of all tasks: as in Kafka Streams' driver, the earliest record of all is next. */
  #group: PartitionGroup
  readonly #logs: DriverLogs
  #commits: ReadonlyMap<string, DriverCommit> = new Map()
  #commitCount = 0
  readonly #stores: DriverStores
  readonly #clock: ManualClock
  readonly #commitEvery: number
  #uncommitted = 0
  /** Cancels the timer of the punctuation that is next. */
  #cancelTimer: () => void = () => {}

  constructor(
    topology: CompiledTopology,
    lookups: Lookups,
    clock: ManualClock,
    { commitEvery = 1, ...stores }: DriverTaskOptions,
  ) {
    this.#topology = topology
    this.#lookups = lookups
    this.#clock = clock
    this.#commitEvery = commitEvery
    this.#stores = new DriverStores({ ...stores, applicationId: topology.applicationId })
    const read = new Set(topology.subTopologies.flatMap((sub) => sub.sourceTopics))
    this.inputTopics = [...read, ...topology.globalTables.map((node) => node.topic)]
    this.#logs = new DriverLogs(topology)
    this.#globals = this.#openGlobals()
    this.#tasks = this.#openTasks()
    this.#group = new PartitionGroup(this.#tasks.flatMap((task) => task.inputs))
    for (const task of this.#tasks) task.start()
    this.#setTimer()
  }

  get nowMs(): number {
    return this.#clock.nowMs()
  }

  /** Processes a record and all that comes of it. */
  send(record: Written): void {
    this.#enqueue(record)
    this.#run()
  }

  /** Moves the wall clock; what is due runs once, however many of its intervals have passed. */
  advance(ms: number): void {
    this.#cancelTimer()
    this.#clock.advance(ms)
    this.#punctuate()
  }

  /** Lets record caches go, and processes what comes of it. */
  commit(): void {
    this.#commit()
    this.#run()
    if (this.#uncommitted > 0) this.commit()
  }

  /**
   * Ends all tasks and opens them again, as of the last commit: what was processed since is processed again. Topics,
   * changelogs and the folder of persistent stores stay, the rest of the memory does not. A clean end commits first.
   */
  restart(isCrash: boolean): void {
    if (!isCrash) {
      this.commit()
      this.#flush()
    }
    for (const task of this.#tasks) task.abandon()
    this.#uncommitted = 0
    this.#globals = this.#openGlobals()
    this.#tasks = this.#openTasks()
    this.#group = new PartitionGroup(this.#tasks.flatMap((task) => task.inputs))
    for (const task of this.#tasks) {
      const commit = this.#commits.get(task.id)
      if (commit !== undefined) restoreStores(task, commit, this.#logs)
      task.start()
    }
    this.#readAgain()
  }

  /** The records that a store is restored from; undefined for one without a changelog. */
  changelog(storeName: string): readonly Written[] | undefined {
    return this.#logs.changelogOf(storeName)
  }

  get internalTopics(): readonly string[] {
    return [...this.#topology.repartitionTopics.map((one) => one.topic), ...this.#logs.changelogTopics]
  }

  close(): void {
    this.#cancelTimer()
    for (const task of this.#tasks) task.abandon()
    this.#stores.dispose()
  }

  async settle(): Promise<void> {
    do {
      for (const task of this.#tasks) {
        await task.drainCuts()
        task.complete()
      }
      this.#run()
    } while (this.#tasks.some((task) => task.hasPendingCuts))
  }

  store(name: string): StateStore | undefined {
    for (const task of this.#tasks) {
      const store = task.stores.get(name)
      if (store !== undefined) return store
    }
    return [...this.#globals.values()].find((table) => table.store.name === name)?.store
  }

  get storeNames(): readonly string[] {
    return this.#tasks.flatMap((task) => [...task.stores.keys()])
  }

  #run(): void {
    this.#enqueueWritten()
    while (this.#group.process(1) > 0) {
      this.#uncommitted += 1
      if (this.#uncommitted >= this.#commitEvery) this.#commit()
      this.#enqueueWritten()
    }
    this.#setTimer()
  }

  #punctuate(): void {
    for (const task of this.#tasks) task.punctuate()
    this.#commit()
    this.#run()
  }

  /** For a test that moves the clock itself. */
  #setTimer(): void {
    this.#cancelTimer()
    const at = Math.min(...this.#tasks.map((task) => task.nextPunctuationMs))
    if (at === Infinity) return
    this.#cancelTimer = this.#clock.schedule(at - this.nowMs, () => this.#punctuate())
  }

  #commit(): void {
    this.#uncommitted = 0
    const commits = new Map(this.#commits)
    for (const task of this.#tasks) {
      task.flushCaches()
      if (task.hasPendingCuts) continue
      task.complete()
      commits.set(task.id, commitOf(task, task.note(), this.#logs))
    }
    this.#commits = commits
    this.#commitCount += 1
    if (this.#commitCount % commitsPerFlush === 0) this.#flush()
  }

  #flush(): void {
    for (const task of this.#tasks) {
      const commit = this.#commits.get(task.id)
      if (commit !== undefined) flushStores(task, commit)
    }
  }

  #enqueueWritten(): void {
    for (const record of this.outputs.takeNew()) this.#enqueue(record)
  }

  #enqueue(record: Written): void {
    const { topic } = record
    const isRead = this.#readersOf(topic).length > 0 || this.#topology.globalTables.some((node) => node.topic === topic)
    if (isRead) this.#deliver(record, this.#logs.append(record))
  }

  /**
   * What tasks have written stands in its topic already; what is processed again adds to that. Inputs come one by one,
   * as they were sent.
   */
  #readAgain(): void {
    const before = [...this.#logs.order]
    for (const { record, offset } of before) this.#updateGlobals(record, offset)
    const isWritten = (topic: string): boolean => this.#topology.repartitionTopics.some((one) => one.topic === topic)
    for (const { record, offset } of before) if (isWritten(record.topic)) this.#deliverToTasks(record, offset)
    this.#run()
    for (const { record, offset } of before) {
      if (isWritten(record.topic)) continue
      this.#deliverToTasks(record, offset)
      this.#run()
    }
  }

  /** Hands a record to whoever reads its topic: global tables have it at once, tasks in its turn. */
  #deliver(record: Written, offset: number): void {
    this.#updateGlobals(record, offset)
    this.#deliverToTasks(record, offset)
  }

  #updateGlobals(record: Written, offset: number): void {
    for (const node of this.#topology.globalTables) {
      if (node.topic !== record.topic) continue
      this.#globals.get(node.id)!.update(singleRecordBatch({ ...record, partition: 0, offset }))
    }
  }

  #deliverToTasks(record: Written, offset: number): void {
    const batch = singleRecordBatch({ ...record, partition: 0, offset })
    for (const task of this.#readersOf(record.topic)) {
      if (offset >= this.#committedOffset(task, record.topic)) task.enqueue(batch)
    }
    if (this.#group.inputs.length > 1) this.#group.readHeads()
  }

  #committedOffset(task: Task, topic: string): number {
    return this.#commits.get(task.id)?.offsets.find((one) => one.topic === topic)?.offset ?? 0
  }

  #readersOf(topic: string): readonly Task[] {
    const isMatched = patternSourceOf(this.#topology, topic) !== undefined
    return this.#tasks.filter((task) => {
      if (task.queues.some((queue) => queue.topic === topic)) return true
      if (!isMatched || !task.addTopic(topic)) return false
      this.#group.add(task.inputs.at(-1)!)
      return true
    })
  }

  #openGlobals(): ReadonlyMap<string, GlobalTable> {
    return new Map(
      this.#topology.globalTables.map((node) => {
        const dropped = this.metrics.counter('records-dropped', node.id)
        // its records are read from the beginning, and so counted again
        dropped.value = 0
        return [node.id, new GlobalTable(node, createMemoryStores(), dropped)]
      }),
    )
  }

  #openTasks(): readonly Task[] {
    const { subTopologies, plan } = this.#topology
    const host = this.#host()
    return subTopologies.map((sub) => {
      const commit = this.#commits.get(taskId(sub, 0))
      const offsetOf = (topic: string): number => commit?.offsets.find((one) => one.topic === topic)?.offset ?? 0
      const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: offsetOf(topic) }))
      return new Task(sub, 0, positions, plan.onProcessError, host, commit?.state)
    })
  }

  #host(): TaskHost {
    return {
      clock: this.#clock,
      logger: silentLogger,
      metrics: this.metrics,
      lookup: (table) => this.#lookups.get(table)!,
      output: (topic, key, value, timestamp, headers) => {
        const record = { topic, key, value, timestamp, headers }
        if (this.#logs.changelogTopics.includes(topic)) this.#logs.appendChange(record)
        else this.outputs.add(record)
      },
      partitionsOf: () => 1,
      sinkWriter: (id) => {
        const node = this.#topology.plan.nodes.find((one) => one.id === id)
        if (node?.kind !== 'table-sink') throw noTableSink(id)
        const { table } = node
        return recordingWriter(table, this.outputs.rows(`${table.keyspace}.${table.table}`))
      },
      openStores: (taskId) => this.#stores.open(taskId),
      globalView: (id) => this.#globals.get(id)!.view,
      isTransactional: false,
      requestCommit: () => {},
    }
  }
}

function noTableSink(node: string): StreamsError {
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: `'${node}' writes to no table`,
    hint: 'This is a fault of Millrace itself: please report it with the topology.',
    node,
  })
}
