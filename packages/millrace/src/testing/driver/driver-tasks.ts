import { type CompiledTopology, patternSourceOf } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { Clock, LookupTable, LookupTableSpec, StateStore } from '../../ports/index.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { createMemoryStores } from '../../state/index.ts'
import { GlobalTable, PartitionGroup, Task, type TaskHost } from '../../task/index.ts'
import { silentLogger } from '../silent-logger.ts'
import { DriverOutputs, type Written } from './driver-outputs.ts'
import { recordingWriter } from './recording-writer.ts'
import { singleRecordBatch } from './single-record-batch.ts'

type Lookups = ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>

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
  #nowMs: number

  constructor(topology: CompiledTopology, lookups: Lookups, startMs: number) {
    this.#topology = topology
    this.#lookups = lookups
    this.#nowMs = startMs
    const read = new Set(topology.subTopologies.flatMap((sub) => sub.sourceTopics))
    this.inputTopics = [...read, ...topology.globalTables.map((node) => node.topic)]
    this.#globals = new Map(topology.globalTables.map((node) => [node.id, new GlobalTable(node, createMemoryStores())]))
    const host = this.#host()
    this.#tasks = topology.subTopologies.map((sub) => {
      const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: 0 }))
      return new Task(sub, 0, positions, topology.plan.onProcessError, host)
    })
    this.#group = new PartitionGroup(this.#tasks.flatMap((task) => task.inputs))
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Processes a record and all that comes of it. */
  send(record: Written): void {
    this.#enqueue(record)
    this.#run()
  }

  advance(ms: number): void {
    this.#nowMs += ms
    for (const task of this.#tasks) task.punctuate()
    this.#commit()
    this.#run()
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
      this.#commit()
      this.#enqueueWritten()
    }
  }

  #commit(): void {
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

  #host(): TaskHost {
    const clock: Clock = { nowMs: () => this.#nowMs, schedule: () => () => {}, yield: () => Promise.resolve() }
    return {
      clock,
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
      openStores: () => createMemoryStores(),
      globalView: (id) => this.#globals.get(id)!.view,
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
