import { type CompiledTopology, patternSourceOf } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { Clock, LookupTable, LookupTableSpec, StateStore } from '../../ports/index.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { createMemoryStores } from '../../state/index.ts'
import { GlobalTable, Task, type TaskHost } from '../../task/index.ts'
import { silentLogger } from '../silent-logger.ts'
import { DriverOutputs, type Written } from './driver-outputs.ts'
import { recordingWriter } from './recording-writer.ts'
import { singleRecordBatch } from './single-record-batch.ts'

type Lookups = ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>

/** One task per sub-topology, run one record at a time. */
export class DriverTasks {
  readonly metrics: MetricsRegistry = new MetricsRegistry()
  readonly outputs: DriverOutputs
  readonly inputTopics: readonly string[]
  readonly #topology: CompiledTopology
  readonly #lookups: Lookups
  readonly #globals: ReadonlyMap<string, GlobalTable>
  readonly #tasks: readonly Task[]
  readonly #offsets = new Map<string, number>()
  #nowMs: number

  constructor(topology: CompiledTopology, lookups: Lookups, startMs: number) {
    this.#topology = topology
    this.#lookups = lookups
    this.#nowMs = startMs
    const read = new Set(topology.subTopologies.flatMap((sub) => sub.sourceTopics))
    this.inputTopics = [...read, ...topology.globalTables.map((node) => node.topic)]
    this.outputs = new DriverOutputs((topic) => read.has(topic) || patternSourceOf(topology, topic) !== undefined)
    this.#globals = new Map(topology.globalTables.map((node) => [node.id, new GlobalTable(node, createMemoryStores())]))
    const host = this.#host()
    this.#tasks = topology.subTopologies.map((sub) => {
      const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: 0 }))
      return new Task(sub, 0, positions, topology.plan.onProcessError, host)
    })
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Processes a record and all that comes of it. */
  send(record: Written): void {
    this.#deliver(record)
    this.#deliverAgain()
  }

  advance(ms: number): void {
    this.#nowMs += ms
    for (const task of this.#tasks) {
      task.punctuate()
      this.#commit(task)
    }
    this.#deliverAgain()
  }

  async settle(): Promise<void> {
    for (const task of this.#tasks) {
      await task.drainCuts()
      task.complete()
    }
    const next = this.outputs.next()
    if (next === undefined) return
    this.send(next)
    await this.settle()
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

  #deliver(record: Written): void {
    const offset = this.#offsets.get(record.topic) ?? 0
    this.#offsets.set(record.topic, offset + 1)
    const batch = singleRecordBatch({ ...record, partition: 0, offset })
    for (const node of this.#topology.globalTables) {
      if (node.topic === record.topic) this.#globals.get(node.id)!.update(batch)
    }
    const isMatched = patternSourceOf(this.#topology, record.topic) !== undefined
    for (const task of this.#tasks) {
      const isRead = task.queues.some((queue) => queue.topic === record.topic)
      if (!isRead && !(isMatched && task.addTopic(record.topic))) continue
      task.enqueue(batch)
      task.process(1)
      this.#commit(task)
    }
  }

  #commit(task: Task): void {
    task.flushCaches()
    if (!task.hasPendingCuts) task.complete()
  }

  #deliverAgain(): void {
    for (let next = this.outputs.next(); next !== undefined; next = this.outputs.next()) this.#deliver(next)
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
