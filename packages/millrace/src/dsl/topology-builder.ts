import { StreamsError } from '../errors/index.ts'
import { callSite, checkName, fail, type Policy } from '../plan/index.ts'
import type { RecordTime } from '../ports/record.ts'
import type { StateStore } from '../ports/state-store.ts'
import { bytes, json, string, type Serde } from '../serde/index.ts'
import { GlobalKTable } from './global-k-table.ts'
import { toTable } from './group-stream.ts'
import { Handle, handleOf, storeFields } from './handle.ts'
import { KStream } from './k-stream.ts'
import type { KTable } from './k-table.ts'
import type { PlanBuilder } from './plan-builder.ts'
import type { TableOptions } from './stateful-options.ts'
import type { StoreHandle } from './stores.ts'

export interface SourceOptions<K, V> {
  /** How keys are read. Default `string()`. A null key is passed on as null. */
  readonly key?: Serde<K>
  /** How values are read. Default: the bytes as they are. A null value (tombstone) is passed on as null. */
  readonly value?: Serde<V>
  /**
   * Event time of a record; not asked for null values. Default: its Kafka timestamp. A text must carry its offset from
   * UTC. Where the value does not tell it, the Kafka timestamp, the partition's time or the wall clock may.
   */
  readonly at?: (value: V, time: RecordTime) => number | Date | string
  /** Where a group without a committed offset starts. Default 'earliest'. */
  readonly startAt?: 'earliest' | 'latest'
  /** What happens to a record that cannot be read, or whose time is not a time. Default `fail`. */
  readonly onInvalid?: Policy
  readonly name?: string
}

/** Of `table()`. */
export interface TableSourceOptions<K, V> extends Omit<SourceOptions<K, V>, 'key' | 'value'>, TableOptions<K, V> {}

/** Of `globalTable()`. */
export interface GlobalTableOptions<K, V> {
  readonly key?: Serde<K>
  /** Default: JSON. */
  readonly value?: Serde<V>
  readonly store?: string
  readonly storage?: 'memory' | 'persistent'
  readonly name?: string
}

/** The options that are there, without those that are undefined. */
function given<T extends object>(options: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}

/** The pattern without flags that would make its answer depend on the one before. */
function patternOf(pattern: RegExp): RegExp {
  return Object.freeze(new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')))
}

/** What a topology starts from; given to the function that defines it. */
export class TopologyBuilder {
  readonly #builder: PlanBuilder

  constructor(builder: PlanBuilder) {
    this.#builder = builder
  }

  /**
   * A stream of the records of one or several topics, or of all topics that a pattern matches (`pattern.test(topic)`:
   * anchor it) when the app starts. Several must have the same partition count. Internal topics never match.
   */
  source<K = string, V = Buffer>(
    topic: string | readonly string[] | RegExp,
    options: SourceOptions<K, V> = {},
  ): KStream<K | null, V> {
    const site = callSite()
    const pattern = topic instanceof RegExp ? patternOf(topic) : undefined
    const topics = topic instanceof RegExp ? [] : typeof topic === 'string' ? [topic] : [...topic]
    if ((topics.length === 0 && pattern === undefined) || new Set(topics).size < topics.length) {
      throw new StreamsError({
        code: 'TOPOLOGY_INVALID',
        what: topics.length === 0 ? 'source() names no topic' : `source() names a topic twice: ${topics.join(', ')}`,
        hint: 'Name each topic once.',
        callSite: site,
      })
    }
    for (const one of topics) checkName(one, 'Topic', site)
    const { at } = options
    const key = (options.key ?? string()) as Serde<unknown>
    const value = (options.value ?? bytes()) as Serde<unknown>
    const id = this.#builder.add(
      {
        kind: 'source',
        topics: Object.freeze(topics),
        ...(pattern === undefined ? {} : { pattern }),
        keySerde: options.key ?? string(),
        valueSerde: options.value ?? bytes(),
        ...(at === undefined ? {} : { timestamp: at }),
        startAt: options.startAt ?? 'earliest',
        onInvalid: options.onInvalid ?? fail,
      },
      [],
      pattern === undefined ? topics.join('+') : `source(${pattern.source})`,
      options.name,
    )
    return new KStream(new Handle(this.#builder, id, { key, value }))
  }

  /**
   * The latest value per key of a topic. A null value deletes; records with a null key are dropped
   * (`records-dropped`). Name a store to look rows up, or to keep `versioned` ones.
   */
  table<K = string, V = unknown>(topic: string, options: TableSourceOptions<K, V> = {}): KTable<K, V> {
    const { store, storage, logged, versioned, cache, name, ...source } = options
    const stream = this.source(topic, { value: json<V>(), ...(source as SourceOptions<K, V>) })
    return toTable(handleOf(stream), {
      ...given({ store, storage, logged, versioned, cache }),
      name: name ?? `${topic}-table`,
    })
  }

  /** A table that every instance holds in full: for joins by any key. Read to its end before processing starts. */
  globalTable<K = string, V = unknown>(topic: string, options: GlobalTableOptions<K, V> = {}): GlobalKTable<K, V> {
    checkName(topic, 'Topic', callSite())
    const key = (options.key ?? string()) as Serde<unknown>
    const value = options.value ?? json()
    const fields = storeFields(`${topic}-global`, given({ store: options.store, storage: options.storage }), key, value)
    const store = { kind: 'timestamped-key-value', ...fields } as const
    const id = this.#builder.add({ kind: 'global-table', topic, store }, [], `${topic}-global`, options.name)
    return new GlobalKTable(new Handle(this.#builder, id, { key, value }))
  }

  /** A store that processors can share. */
  store<Store extends StateStore>(store: StoreHandle<Store>): StoreHandle<Store> {
    this.#builder.addStore(store.spec)
    return store
  }
}
