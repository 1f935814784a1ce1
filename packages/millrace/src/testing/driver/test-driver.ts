import { type CompiledTopology, compile } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { Plan, SourceNode, TopicSinkNode } from '../../plan/index.ts'
import type { Clock, LookupTable, LookupTableSpec, MetricName, RecordHeaders } from '../../ports/index.ts'
import { eventTime } from '../../processors/index.ts'
import { MetricsRegistry } from '../../runtime/metrics-registry.ts'
import { Task, type TaskHost } from '../../task/index.ts'
import { silentLogger } from '../silent-logger.ts'
import { recordingWriter } from './recording-writer.ts'
import { singleRecordBatch } from './single-record-batch.ts'

/** A record that a topology wrote to a topic. */
export interface TestRecord {
  readonly key: unknown
  readonly value: unknown
  /** ms since the epoch */
  readonly timestamp: number
  readonly headers: RecordHeaders
}

export interface SendOptions {
  /** The record's Kafka timestamp: ms, a Date, or an ISO text with offset. Default: the driver's wall clock. */
  readonly at?: number | Date | string
  readonly headers?: RecordHeaders
}

export interface TestInput {
  /**
   * Sends one record through the whole topology before it returns. Key and value are written with the source's serdes;
   * where the source takes bytes, text is sent as UTF-8 and anything else as JSON. `null` is a null key or a tombstone.
   */
  send(key: unknown, value: unknown, options?: SendOptions): void
}

export interface TestOutput {
  /** Everything written to the topic so far, read with the serdes it was written with (dead letters: raw bytes). */
  records(): readonly TestRecord[]
}

export interface TestDriverOptions {
  /** The wall clock's time at the start, ms. Default 0. It stands still unless advanced. */
  readonly startMs?: number
}

interface Written {
  readonly topic: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/**
 * Runs a topology in a test: no broker, one partition per topic, a wall clock that only the test moves. Records written
 * to a topic that is also a source are processed after the current one.
 */
export class TestDriver {
  readonly #topology: CompiledTopology
  readonly #registry = new MetricsRegistry()
  readonly #tasks: readonly Task[]
  readonly #written: Written[] = []
  readonly #again: Written[] = []
  readonly #rows = new Map<string, object[]>()
  readonly #offsets = new Map<string, number>()
  readonly #lookups: ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>
  #nowMs: number

  constructor(
    topology: CompiledTopology,
    lookups: ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>,
    options: TestDriverOptions,
  ) {
    this.#topology = topology
    this.#lookups = lookups
    this.#nowMs = options.startMs ?? 0
    const host = this.#host()
    this.#tasks = topology.subTopologies.map((sub) => {
      const positions = sub.sourceTopics.map((topic) => ({ topic, partition: 0, offset: 0 }))
      return new Task(sub, 0, positions, topology.plan.onProcessError, host)
    })
  }

  /** Reads the lookup tables. Throws with the first fault found in one. */
  async load(): Promise<this> {
    for (const lookup of this.#lookups.values()) {
      const [fault] = await lookup.load()
      if (fault !== undefined) throw new StreamsError({ ...fault, what: `${fault.where}: ${fault.what}` })
    }
    return this
  }

  /** A source topic of the topology. Throws TOPIC_MISSING for any other. */
  input(topic: string): TestInput {
    const source = this.#sourceOf(topic)
    return {
      send: (key, value, options = {}) => {
        this.#deliver({
          topic,
          key: encode(source, 'key', key, topic),
          value: encode(source, 'value', value, topic),
          timestamp: options.at === undefined ? this.#nowMs : eventTime(options.at),
          headers: options.headers ?? [],
        })
        while (this.#again.length > 0) this.#deliver(this.#again.shift()!)
      },
    }
  }

  /** A topic that the topology writes: outputs and dead letters. Throws TOPIC_MISSING for any other. */
  output(topic: string): TestOutput {
    if (!this.#topology.sinkTopics.includes(topic)) throw unknownTopic(this.#topology, topic, this.#topology.sinkTopics)
    const sink = this.#topology.plan.nodes.find(
      (node): node is TopicSinkNode => node.kind === 'topic-sink' && node.topic === topic,
    )
    return {
      records: () =>
        this.#written
          .filter((record) => record.topic === topic)
          .map(({ key, value, timestamp, headers }) => ({
            key: decode(sink, 'key', key, topic),
            value: decode(sink, 'value', value, topic),
            timestamp,
            headers,
          })),
    }
  }

  /** Rows written to a table, in the order written: declared columns only. */
  rows(table: { readonly keyspace: string; readonly table: string }): readonly object[] {
    return this.#rows.get(`${table.keyspace}.${table.table}`) ?? []
  }

  /** Waits for asynchronous operations (`mapValuesAsync`, asynchronous schemas) of what was sent so far. */
  async settle(): Promise<void> {
    for (const task of this.#tasks) {
      await task.drainCuts()
      task.complete()
    }
    while (this.#again.length > 0) {
      this.#deliver(this.#again.shift()!)
      await this.settle()
    }
  }

  /** The sum of a counter over all operations, e.g. `records-skipped`. */
  total(name: MetricName): number {
    return this.#registry.total(name)
  }

  #deliver(record: Written): void {
    const offset = this.#offsets.get(record.topic) ?? 0
    this.#offsets.set(record.topic, offset + 1)
    const batch = singleRecordBatch({ ...record, partition: 0, offset })
    for (const task of this.#tasks) {
      if (!task.queues.some((queue) => queue.topic === record.topic)) continue
      task.enqueue(batch)
      task.process(1)
      if (!task.hasPendingCuts) task.complete()
    }
  }

  #host(): TaskHost {
    const clock: Clock = { nowMs: () => this.#nowMs, schedule: () => () => {}, yield: () => Promise.resolve() }
    return {
      clock,
      logger: silentLogger,
      metrics: this.#registry,
      lookup: (table) => this.#lookups.get(table)!,
      output: (topic, key, value, timestamp, headers) => {
        const record = { topic, key, value, timestamp, headers }
        this.#written.push(record)
        if (this.#topology.sourceTopics.includes(topic)) this.#again.push(record)
      },
      sinkWriter: (node) => {
        const sink = this.#topology.plan.nodes.find((one) => one.id === node && one.kind === 'table-sink')
        if (sink?.kind !== 'table-sink') throw unknownTopic(this.#topology, node, [])
        const name = `${sink.table.keyspace}.${sink.table.table}`
        const rows = this.#rows.get(name) ?? []
        this.#rows.set(name, rows)
        return recordingWriter(sink.table, rows)
      },
    }
  }

  #sourceOf(topic: string): SourceNode {
    const source = this.#topology.plan.nodes.find(
      (node): node is SourceNode => node.kind === 'source' && node.topics.includes(topic),
    )
    if (source === undefined) throw unknownTopic(this.#topology, topic, this.#topology.sourceTopics)
    return source
  }
}

/**
 * Runs a topology in a test. `await driver.load()` first when it joins with tables that are read from files; call
 * `await driver.settle()` after sending when it has asynchronous operations.
 */
export function testDriver(topology: { readonly plan: Plan }, options: TestDriverOptions = {}): TestDriver {
  const compiled = compile(topology.plan)
  return new TestDriver(compiled, openLookups(compiled), options)
}

function openLookups(
  topology: CompiledTopology,
): ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>> {
  const joins = topology.plan.nodes.filter((node) => node.kind === 'join-lookup')
  return new Map(joins.map((node) => [node.table, node.table.open(silentLogger)]))
}

function encode(source: SourceNode, part: 'key' | 'value', given: unknown, topic: string): Buffer | null {
  if (given === null) return null
  if (Buffer.isBuffer(given)) return given
  const serde = part === 'key' ? source.keySerde : source.valueSerde
  if (serde.name !== 'bytes') return serde.serialize(given, topic)
  return Buffer.from(typeof given === 'string' ? given : JSON.stringify(given))
}

function decode(sink: TopicSinkNode | undefined, part: 'key' | 'value', data: Buffer | null, topic: string): unknown {
  if (data === null || sink === undefined) return data
  const serde = part === 'key' ? sink.keySerde : sink.valueSerde
  return serde.deserialize(data, topic)
}

function unknownTopic(topology: CompiledTopology, topic: string, known: readonly string[]): StreamsError {
  return new StreamsError({
    code: 'TOPIC_MISSING',
    what: `Topology '${topology.name}' has no such topic: ${topic}`,
    hint: `It has ${known.length === 0 ? 'none' : known.join(', ')}.`,
    topic,
  })
}
