import { compile, type CompiledTopology, patternSourceOf, patternsOf } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { Plan } from '../../plan/index.ts'
import type { LookupTable, LookupTableSpec, MetricName, RecordHeaders, StateStore } from '../../ports/index.ts'
import { eventTime } from '../../processors/index.ts'
import { manualClock, type ManualClock } from '../manual-clock.ts'
import type { Serde } from '../../serde/index.ts'
import { silentLogger } from '../silent-logger.ts'
import { DriverTasks } from './driver-tasks.ts'
import type { Written } from './driver-outputs.ts'
import { decodeWritten, encoderFor } from './driver-serdes.ts'

/** A record that a topology wrote to a topic. */
export interface TestRecord<K = unknown, V = unknown> {
  readonly key: K
  readonly value: V
  /** ms since the epoch */
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/** One of several topics. */
export interface TopicRecord extends TestRecord {
  readonly topic: string
}

export interface SendOptions {
  /**
   * The record's Kafka timestamp: ms, a Date, or an ISO text with offset. Default: the driver's wall clock. A number is
   * sent as it is: whether it is a time is for the topology to say.
   */
  readonly at?: number | Date | string
  readonly headers?: RecordHeaders
}

export interface TestInput<K = unknown, V = unknown> {
  /**
   * Sends one record through the whole topology before it returns. Key and value are written with the source's serdes;
   * where the source takes bytes, text is sent as UTF-8 and anything else as JSON. `null` is a null key or a tombstone.
   */
  send(key: K, value: V, options?: SendOptions): void
}

export interface TestOutput<K = unknown, V = unknown> {
  /** Everything written to the topic so far, read with the serdes it was written with (dead letters: raw bytes). */
  records(): readonly TestRecord<K, V>[]
}

/** To read and write the records of a topic with, in place of what the topology says; and for their types. */
export interface TopicSerdes<K, V> {
  readonly key: Serde<K>
  readonly value: Serde<V>
}

export interface TestDriverOptions {
  /** The wall clock's time at the start, ms. Default 0. It stands still unless advanced. */
  readonly startMs?: number
  /**
   * A wall clock of one's own, see `manualClock()`. What is due runs at each of its times when that moves it, but once
   * with `advanceWallClock()`, as in Kafka Streams' driver.
   */
  readonly clock?: ManualClock
  /** How many records are processed before a commit, at which record caches let go. Default 1. */
  readonly commitEvery?: number
  /** Where persistent stores live. Default: a temporary folder, which `close()` removes. */
  readonly stateFolder?: string
  /** Where all stores live, whatever the topology says. */
  readonly storage?: 'memory' | 'persistent'
}

type Lookups = ReadonlyMap<LookupTableSpec<unknown, unknown>, LookupTable<unknown, unknown>>

/**
 * Runs a topology in a test: no broker, one partition per topic, a wall clock that only the test moves. After each
 * record it commits (record caches let go) and then processes what was written to internal topics, or to topics that
 * are sources too: after all outputs of the record, as Kafka Streams' own driver does.
 */
export class TestDriver {
  readonly #topology: CompiledTopology
  readonly #lookups: Lookups
  readonly #tasks: DriverTasks

  constructor(topology: CompiledTopology, lookups: Lookups, options: TestDriverOptions) {
    this.#topology = topology
    this.#lookups = lookups
    const { startMs, clock = manualClock(startMs), ...stores } = options
    this.#tasks = new DriverTasks(topology, lookups, clock, stores)
  }

  /** Reads the lookup tables. Throws with the first fault found in one. */
  async load(): Promise<this> {
    for (const lookup of this.#lookups.values()) {
      const [fault] = await lookup.load()
      if (fault !== undefined) throw new StreamsError({ ...fault, what: `${fault.where}: ${fault.what}` })
    }
    return this
  }

  /** A source topic of the topology, or one that a source takes by its pattern. Throws TOPIC_MISSING for any other. */
  input<K = unknown, V = unknown>(topic: string, serdes?: TopicSerdes<K, V>): TestInput<K | null, V | null> {
    const known = this.#tasks.inputTopics
    const isKnown = known.includes(topic) || patternSourceOf(this.#topology, topic) !== undefined
    if (!isKnown) throw unknownTopic(this.#topology, topic, [...known, ...patternsOf(this.#topology)])
    const encode = encoderFor(this.#topology, topic, serdes)
    return {
      send: (key, value, options = {}) => {
        this.#tasks.send({
          topic,
          ...encode(key, value),
          timestamp: this.#kafkaTimestamp(options.at),
          headers: options.headers ?? [],
        })
      },
    }
  }

  /** A topic that the topology writes: outputs, dead letters, internal ones. Throws TOPIC_MISSING for any other. */
  output<K = unknown, V = unknown>(topic: string, serdes?: TopicSerdes<K, V>): TestOutput<K | null, V | null> {
    const known = [...this.#topology.sinkTopics, ...this.#topology.repartitionTopics.map((one) => one.topic)]
    const isRouted = this.#topology.plan.nodes.some((node) => node.kind === 'topic-sink' && node.route !== undefined)
    if (!known.includes(topic) && !isRouted) throw unknownTopic(this.#topology, topic, known)
    return {
      records: () =>
        this.#tasks.outputs.written
          .filter((record) => record.topic === topic)
          .map((record) => {
            const { key, value, timestamp, headers } = decodeWritten(this.#topology, record, serdes)
            return { key: key as K | null, value: value as V | null, timestamp, headers }
          }),
    }
  }

  /** The topics that something was written to so far, internal ones included. */
  produced(): readonly string[] {
    return [...new Set(this.#tasks.outputs.written.map((record) => record.topic))]
  }

  /** Everything written to any topic so far, internal ones included, in the order written. */
  outputs(): readonly TopicRecord[] {
    return this.#tasks.outputs.written.map((record: Written) => decodeWritten(this.#topology, record))
  }

  /** Rows written to a table, in the order written: declared columns only. */
  rows(table: { readonly keyspace: string; readonly table: string }): readonly object[] {
    return this.#tasks.outputs.rows(`${table.keyspace}.${table.table}`)
  }

  /** Moves the wall clock on and runs what is scheduled on it, step by step. */
  advanceWallClock(ms: number): void {
    this.#tasks.advance(ms)
  }

  /** A store by its name, as its task holds it. Throws TOPOLOGY_INVALID for an unknown one. */
  store<Store extends StateStore = StateStore>(name: string): Store {
    const store = this.#tasks.store(name)
    if (store !== undefined) return store as Store
    throw new StreamsError({
      code: 'TOPOLOGY_INVALID',
      what: `Topology '${this.#topology.name}' has no store '${name}'`,
      hint: `It has ${this.#tasks.storeNames.join(', ') || 'none'}.`,
      storeName: name,
    })
  }

  /** Waits for asynchronous operations (`mapValuesAsync`, asynchronous schemas) of what was sent so far. */
  async settle(): Promise<void> {
    await this.#tasks.settle()
  }

  /**
   * Ends all tasks and opens them again: topics, changelogs and the folder of persistent stores stay, and stores come
   * back from them. `crash`: what was not committed (see `commitEvery`) is processed again; without it, the driver
   * commits first, as `app.close()` does.
   */
  restart(options: { readonly crash?: boolean } = {}): void {
    this.#tasks.restart(options.crash ?? false)
  }

  /** What a store would be restored from, oldest first, as bytes. Throws TOPOLOGY_INVALID where it has no changelog. */
  changelog(storeName: string): readonly TestRecord<Buffer | null, Buffer | null>[] {
    const records = this.#tasks.changelog(storeName)
    if (records !== undefined) return records.map(({ topic: _topic, ...record }) => record)
    throw new StreamsError({
      code: 'TOPOLOGY_INVALID',
      what: `Topology '${this.#topology.name}' has no changelog of a store '${storeName}'`,
      hint: `It has the stores ${this.#tasks.storeNames.join(', ') || 'none'}; those with \`logged: false\` have no changelog.`,
      storeName,
    })
  }

  /** Topics of Millrace's own: those between sub-topologies, and changelogs. */
  internalTopics(): readonly string[] {
    return this.#tasks.internalTopics
  }

  /** Commits now, whatever `commitEvery` says: record caches let go. */
  commit(): void {
    this.#tasks.commit()
  }

  /** Ends all tasks, and removes the temporary folder of persistent stores. */
  close(): void {
    this.#tasks.close()
  }

  #kafkaTimestamp(at: SendOptions['at']): number {
    if (at === undefined) return this.#tasks.nowMs
    return Number.isInteger(at) ? (at as number) : eventTime(at)
  }

  /** The sum of a counter over all operations, e.g. `records-skipped`. */
  total(name: MetricName): number {
    return this.#tasks.metrics.total(name)
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

function openLookups(topology: CompiledTopology): Lookups {
  const joins = topology.plan.nodes.filter((node) => node.kind === 'join-lookup')
  return new Map(joins.map((node) => [node.table, node.table.open(silentLogger)]))
}

function unknownTopic(topology: CompiledTopology, topic: string, known: readonly string[]): StreamsError {
  return new StreamsError({
    code: 'TOPIC_MISSING',
    what: `Topology '${topology.name}' has no such topic: ${topic}`,
    hint: `It has ${known.length === 0 ? 'none' : known.join(', ')}.`,
    topic,
  })
}
