import { type CompiledTopology, patternSourceOf } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { GlobalTableNode } from '../../plan/index.ts'
import type { LookupTable, LookupTableSpec, StateStore } from '../../ports/index.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { createMemoryStores } from '../../state/index.ts'
import { GlobalTable, PartitionGroup, Task, type TaskHost } from '../../task/index.ts'
import type { ManualClock } from '../manual-clock.ts'
import { silentLogger } from '../silent-logger.ts'
import { DriverOutputs, type Written } from './driver-outputs.ts'
import { DriverStores, type DriverStoreOptions } from './driver-stores.ts'
import { recordingWriter } from './recording-writer.ts'
import { singleRecordBatch } from './single-record-batch.ts'

type Lookups = ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>

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
  readonly #globals: ReadonlyMap<string, GlobalTable>
  readonly #tasks: readonly Task[]
  /** The inputs of all tasks: as in Kafka Streams' driver, the earliest record of all is next. */
  readonly #group: PartitionGroup
  readonly #offsets = new Map<string, number>()
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
    this.#globals = new Map(topology.globalTables.map((node) => [node.id, this.#openGlobal(node)]))
    const host = this.#host()
    this.#tasks = topology.subTopologies.map((sub) => {
      const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: 0 }))
      return new Task(sub, 0, positions, topology.plan.onProcessError, host)
    })
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
    for (const task of this.#tasks) {
      task.flushCaches()
      if (!task.hasPendingCuts) task.complete()
    }
  }

  #enqueueWritten(): void {
    for (const record of this.outputs.takeNew()) this.#enqueue(record)
  }

  /** Hands a record to whoever reads its topic: global tables have it at once, tasks in its turn. */
  #enqueue(record: Written): void {
    const { topic } = record
    const readers = this.#readersOf(topic)
    const globals = this.#topology.globalTables.filter((node) => node.topic === topic)
    if (readers.length === 0 && globals.length === 0) return
    const offset = this.#offsets.get(topic) ?? 0
    this.#offsets.set(topic, offset + 1)
    const batch = singleRecordBatch({ ...record, partition: 0, offset })
    for (const node of globals) this.#globals.get(node.id)!.update(batch)
    for (const task of readers) task.enqueue(batch)
    if (this.#group.inputs.length > 1) this.#group.readHeads()
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

  #openGlobal(node: GlobalTableNode): GlobalTable {
    return new GlobalTable(node, createMemoryStores(), this.metrics.counter('records-dropped', node.id))
  }

  #host(): TaskHost {
    return {
      clock: this.#clock,
      logger: silentLogger,
      metrics: this.metrics,
      lookup: (table) => this.#lookups.get(table)!,
      output: (topic, key, value, timestamp, headers) => this.outputs.add({ topic, key, value, timestamp, headers }),
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
