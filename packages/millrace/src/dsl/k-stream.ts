import type { StandardSchemaV1 } from '@standard-schema/spec'
import { callSite, checkName, fail, type Partitioner, type TimestampOf } from '../plan/index.ts'
import type { Processor, ProcessorContext } from '../ports/processor-api.ts'
import type { RecordContext } from '../ports/record.ts'
import type { TableSpec } from '../ports/table.ts'
import { hourBucket } from '../time/index.ts'
import type { Serde } from '../serde/index.ts'
import { positiveCount } from './checked-option.ts'
import { defaultSerde } from './default-serde.ts'
import type { GlobalKTable } from './global-k-table.ts'
import { groupStream, toTable } from './group-stream.ts'
import { Handled, handleOf, type NewNode } from './handle.ts'
import { type AnyJoinByKey, type AnyJoinTable, joinKeyedTable, joinStreams, joinTableByKey } from './join-stream.ts'
import type { JoinOptionsOf, JoinStreamOptions, RowOf, TableFault, WithRow } from './join-options.ts'
import type { KGroupedStream } from './k-grouped-stream.ts'
import { KTable } from './k-table.ts'
import type { GroupOptions, RepartitionOptions, TableOptions } from './stateful-options.ts'
import type {
  NameOption,
  ParseOptions,
  SinkTableOptions,
  ToOptions,
  ToOptionsWithKey,
  KeyWritable,
  WindowByHourOptions,
} from './options.ts'
import {
  addProcessor,
  type NoStores,
  type NothingForwarded,
  type ProcessOptions,
  type StoreHandles,
  type StoresOf,
} from './process.ts'
import { type FlowingSerdes, keySerde, valueSerde } from './serdes-of.ts'
import type { SinkCheck } from './sink-check.ts'
import { branchNodes, type Branches, type Predicates } from './split.ts'
import { tableSinkOptions } from './table-sink-options.ts'
import type { Flat, OfPredicate, OfResult, SameKey, SyncResult, TopologyTypeError, TypeGiven } from './type-error.ts'

type Callback = (...args: never[]) => unknown

/** A topic, or what names one for each record. */
type TopicOf<K, V> =
  | string
  | ((value: V, key: K, record: RecordContext) => string | TopologyTypeError<OfResult<'to()'>>)

/**
 * A stream of records, each a fact of its own: an immutable handle on one operation of a topology. Every operation
 * gives a new handle; using one handle twice sends each record both ways, in the order written.
 * Callbacks get the value first, then the key, and must be synchronous and free of side effects unless said otherwise.
 */
export class KStream<K, V> extends Handled {
  /**
   * Reads JSON (where the value is still bytes) and validates it with any Standard Schema: zod, valibot, arktype.
   * The value is what the schema puts out. An asynchronous schema works too: order is kept.
   */
  parse<Schema extends StandardSchemaV1>(
    schema: Schema,
    options: ParseOptions<StandardSchemaV1.InferOutput<Schema>> = {},
  ): KStream<K, StandardSchemaV1.InferOutput<Schema>> {
    const { at, concurrency = 16 } = options
    positiveCount('concurrency', concurrency)
    const timestamp = at === undefined ? {} : { timestamp: at as TimestampOf }
    return this.#then(
      { kind: 'parse', schema, onInvalid: options.onInvalid ?? fail, concurrency, ...timestamp },
      'parse',
      options,
    )
  }

  /** Keeps the records for which `predicate` holds. A type guard narrows the value's type. */
  filter<Narrow extends V>(predicate: (value: V, key: K) => value is Narrow, options?: NameOption): KStream<K, Narrow>
  filter(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filter()'>>,
    options?: NameOption,
  ): KStream<K, V>
  filter(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filter()'>>,
    options: NameOption = {},
  ): KStream<K, V> {
    return this.#then({ kind: 'filter', predicate: predicate, not: false }, 'filter', options, 'both')
  }

  /** Keeps the records for which `predicate` does not hold. */
  filterNot<Narrow extends V>(
    predicate: (value: V, key: K) => value is Narrow,
    options?: NameOption,
  ): KStream<K, Exclude<V, Narrow>>
  filterNot(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filterNot()'>>,
    options?: NameOption,
  ): KStream<K, V>
  filterNot(
    predicate: (value: V, key: K) => boolean | TopologyTypeError<OfPredicate<'filterNot()'>>,
    options: NameOption = {},
  ): unknown {
    return this.#then<K, V>({ kind: 'filter', predicate: predicate, not: true }, 'filterNot', options, 'both')
  }

  /** A new key and value per record. */
  map<K2, V2, Result extends { readonly key: K2; readonly value: V2 }>(
    mapper: (record: {
      readonly key: K
      readonly value: V
    }) => (Result & { readonly key: K2; readonly value: V2 }) | TopologyTypeError<OfResult<'map()'>>,
    options: NameOption = {},
  ): KStream<Result['key'], Result['value']> {
    return this.#then({ kind: 'map', mapper }, 'map', options, 'none')
  }

  /** A new value per record; the key stays. */
  mapValues<V2>(
    mapper: (value: V, key: K) => V2 & SyncResult<V2, 'mapValues()'>,
    options: NameOption = {},
  ): KStream<K, V2> {
    return this.#then({ kind: 'map-values', mapper }, 'mapValues', options)
  }

  /** Any number of records per record, in the order given. */
  flatMap<K2, V2>(
    mapper: (record: {
      readonly key: K
      readonly value: V
    }) => Iterable<{ readonly key: K2; readonly value: V2 }> | TopologyTypeError<OfResult<'flatMap()'>>,
    options: NameOption = {},
  ): KStream<K2, V2> {
    return this.#then({ kind: 'flat-map', mapper: mapper as Callback }, 'flatMap', options, 'none')
  }

  /** Any number of values per record, in the order given; the key stays. */
  flatMapValues<V2>(
    mapper: (value: V, key: K) => Iterable<V2> | TopologyTypeError<OfResult<'flatMapValues()'>>,
    options: NameOption = {},
  ): KStream<K, V2> {
    return this.#then({ kind: 'flat-map-values', mapper: mapper as Callback }, 'flatMapValues', options)
  }

  /** A new key per record; the value stays. */
  selectKey<K2>(
    mapper: (value: V, key: K) => K2 & SyncResult<K2, 'selectKey()'>,
    options: NameOption = {},
  ): KStream<K2, V> {
    return this.#then({ kind: 'select-key', mapper }, 'selectKey', options, 'value')
  }

  /**
   * A new value per record from an asynchronous call. At most `concurrency` calls of a task are under way at a time
   * (default 16); results go on in the order of their records, and offsets are committed only after them.
   */
  mapValuesAsync<V2>(
    mapper: (
      value: V,
      key: K,
    ) =>
      | Promise<V2>
      | TopologyTypeError<'mapValuesAsync() needs a promise; use mapValues() for a result that is at hand'>,
    options: NameOption & { readonly concurrency?: number; readonly ordered?: true } = {},
  ): KStream<K, V2> {
    const { concurrency = 16 } = options
    positiveCount('concurrency', concurrency)
    return this.#then({ kind: 'map-values-async', mapper: mapper, concurrency }, 'mapValuesAsync', options)
  }

  /** The records of both streams, in no particular order between the two. */
  merge<K2, V2>(
    other: KStream<K2, V2> &
      SameKey<K, K2, 'merge() needs both streams to have the same key type; call selectKey() on one of them first'>,
    options: NameOption = {},
  ): KStream<K | K2, V | V2> {
    return new KStream(handleOf(this).add({ kind: 'merge' }, 'merge', options, {}, [handleOf(other)]))
  }

  /**
   * Sends each record to the first branch whose predicate holds, in the order written; to the branch named by
   * `otherwise`, or nowhere, when none does.
   */
  split<const P extends Predicates<K, V>, const Otherwise extends string = never>(
    predicates: P,
    options: NameOption & { readonly otherwise?: Otherwise } = {},
  ): Branches<K, V, P, Otherwise> {
    const branches = branchNodes(handleOf(this), predicates, options)
    const streams = branches.map(([branch, at]) => [branch, new KStream<K, V>(at)])
    return Object.freeze(Object.fromEntries(streams)) as Branches<K, V, P, Otherwise>
  }

  /** Looks at each record on its way; for side effects such as logging. */
  peek<Result>(
    action: (value: V, key: K) => Result & SyncResult<Result, 'peek()'>,
    options: NameOption = {},
  ): KStream<K, V> {
    return this.#then({ kind: 'peek', action }, 'peek', options, 'both')
  }

  /** Ends the stream with a side effect per record. At least once: after a crash records may come again. */
  forEach<Result>(
    action: (value: V, key: K) => Result & SyncResult<Result, 'forEach()'>,
    options: NameOption = {},
  ): void {
    this.#then({ kind: 'for-each', action }, 'forEach', options)
  }

  /** Ends the stream by printing each record to standard output as `[label] key: value`. */
  print(options: NameOption & { readonly label?: string } = {}): void {
    const label = options.label ?? handleOf(this).node
    const action = (value: V, key: K): void => {
      process.stdout.write(`[${label}] ${String(key)}: ${printable(value)}\n`)
    }
    this.#then({ kind: 'for-each', action }, 'print', options)
  }

  /** Adds a field with the hour that the record falls in, as `yyyy-MM-dd HH:00` in `zone`. */
  windowByHour<const As extends string>(
    options: WindowByHourOptions<V, As> &
      ([V] extends [object]
        ? unknown
        : TopologyTypeError<'windowByHour() needs a value with fields; parse() or mapValues() to an object first'>),
  ): KStream<K, Flat<Omit<V, As> & { readonly [Name in As]: string }>> {
    const { at, zone, as, offset = false } = options
    hourBucket({ zone, offset })
    const timestamp = at === undefined ? {} : { at: at as TimestampOf }
    return this.#then({ kind: 'window-by-hour', zone, as, offset, ...timestamp }, 'windowByHour', options)
  }

  /**
   * Joins each record with a row of a table. `type` is always written out: 'inner' drops a record without a row.
   * With a KTable by the record's own key (both sides are brought into the same partitions); with a GlobalKTable or a
   * static lookup table by the key that `on` gives. Only stream records trigger; the result has their timestamp.
   */
  joinTable<const Table, const Type extends 'inner' | 'left' = never, Result = WithRow<V, RowOf<Table>, Type>>(
    table: Table & TableFault<K, Table>,
    options: TypeGiven<Type> & JoinOptionsOf<K, V, Table, Type, Result>,
  ): KStream<K, Result> {
    const [given, checked] = [table as unknown, options as AnyJoinByKey | AnyJoinTable]
    return new KStream(
      given instanceof KTable
        ? joinKeyedTable(handleOf(this), given, checked as AnyJoinTable)
        : joinTableByKey(handleOf(this), given as GlobalKTable<unknown, unknown>, checked as AnyJoinByKey),
    )
  }

  /**
   * Joins with the records of another stream that have the same key and lie close in event time; both sides are brought
   * into the same partitions. The result has the later of the two timestamps. 'left' and 'outer' give a record that
   * matched nothing when its window has closed, with `undefined` for the other side.
   */
  joinStream<K2, V2, const Type extends 'inner' | 'left' | 'outer' = never, Result = unknown>(
    other:
      | (KStream<K2, V2> & SameKey<K, K2>)
      | TopologyTypeError<'joinStream() joins with a stream; use joinTable() for a table'>,
    options: TypeGiven<Type> & JoinStreamOptions<K, V, V2, Type, Result>,
  ): KStream<K, Result> {
    return new KStream(joinStreams(handleOf(this), handleOf(other as KStream<K2, V2>), options))
  }

  /** Groups by the key as it is. Records with a null key are dropped by what follows (`records-dropped`). */
  groupByKey(options: GroupOptions<NonNullable<K>, V> = {}): KGroupedStream<NonNullable<K>, V> {
    return groupStream(handleOf(this), undefined, options)
  }

  /** Groups by a new key; records for which it is null are dropped. Goes through an internal topic. */
  groupBy<K2>(
    selector: (
      value: V,
      key: K,
    ) =>
      | (K2 & SyncResult<K2, 'groupBy()'>)
      | TopologyTypeError<'groupBy() gives keys of another type than its key serde is for'>,
    options: GroupOptions<NonNullable<K2>, V> = {},
  ): KGroupedStream<NonNullable<K2>, V> {
    return groupStream(handleOf(this), selector as Callback, options)
  }

  /** The latest value per key. A null value deletes; records with a null key are dropped. */
  toTable(options: TableOptions<NonNullable<K>, V> = {}): KTable<NonNullable<K>, NonNullable<V>> {
    return toTable(handleOf(this), options)
  }

  /**
   * Writes every record to the internal topic `<application id>-<name>-repartition` by its key and reads it back.
   * Records with a null key are dropped, unless a left or outer join follows.
   */
  repartition(options: RepartitionOptions<NonNullable<K>, V> = {}): KStream<K, V> {
    const at = handleOf(this)
    if (options.name !== undefined) checkName(options.name, 'Repartition', callSite())
    const name = options.name ?? at.reserve('repartition')
    const [key, value] = [keySerde(options.key, at.serdes), valueSerde(options.value, at.serdes)]
    const chosen = {
      ...(options.partitions === undefined ? {} : { partitions: positiveCount('partitions', options.partitions) }),
      ...(options.partition === undefined ? {} : { partitioner: options.partition as Partitioner }),
    }
    return new KStream(at.repartitioned(name, key, value, { isImplicit: false, ...chosen }))
  }

  /** Ends in, or goes through, a processor of your own: any key and value, any number of records, stores, timers. */
  process<K2 = NothingForwarded, V2 = NothingForwarded, const Stores extends StoreHandles = NoStores>(
    supplier: (
      context: ProcessorContext<K2, V2, StoresOf<Stores>>,
    ) => Processor<K, V> | TopologyTypeError<OfResult<'process()'>>,
    options: ProcessOptions<Stores> = {},
  ): KStream<K2, V2> {
    return new KStream(addProcessor(handleOf(this), supplier, options, false))
  }

  /** Like `process`, with the key of the record kept: nothing after it needs a repartition. */
  processValues<V2 = NothingForwarded, const Stores extends StoreHandles = NoStores>(
    supplier: (
      context: ProcessorContext<K, V2, StoresOf<Stores>>,
    ) => Processor<K, V> | TopologyTypeError<OfResult<'processValues()'>>,
    options: ProcessOptions<Stores> = {},
  ): KStream<K, V2> {
    return new KStream(addProcessor(handleOf(this), supplier, options, true))
  }

  /**
   * Ends the stream in a Kafka topic, which must exist; or, with a function, in the topic that it names for each record.
   * Timestamp and headers of the record are kept.
   */
  to(topic: TopicOf<K, V> & KeyWritable<K>, options?: ToOptions<K, V>): void
  to(topic: TopicOf<K, V>, options: ToOptionsWithKey<K, V>): void
  to(topic: TopicOf<K, V>, options: ToOptions<K, V> = {}): void {
    const topics = typeof topic === 'string' ? [topic] : (options.topics ?? [])
    for (const one of topics) checkName(one, 'Topic', callSite())
    this.#then(
      {
        kind: 'topic-sink',
        topics: Object.freeze([...topics]),
        keySerde: (options.key as Serde<unknown> | undefined) ?? handleOf(this).serdes.key ?? defaultSerde('key'),
        valueSerde:
          (options.value as Serde<unknown> | undefined) ?? handleOf(this).serdes.value ?? defaultSerde('value'),
        onError: options.onError ?? fail,
        ...(typeof topic === 'string' ? {} : { route: topic }),
        ...(options.partition === undefined ? {} : { partitioner: options.partition }),
      },
      typeof topic === 'string' ? `to(${topic})` : 'to',
      options,
    )
  }

  /**
   * Ends the stream in a Cassandra table. Rows are upserts by primary key; `undefined` leaves a cell as it is, `null`
   * deletes it; fields that are not columns are left out. Offsets are committed only after the rows are acknowledged.
   */
  sinkCassandra<const Table extends TableSpec>(
    table: Table & SinkCheck<V, Table>,
    options: SinkTableOptions = {},
  ): void {
    this.#then(
      { kind: 'table-sink', table, options: tableSinkOptions(options), onRejected: options.onRejected ?? fail },
      `sinkCassandra(${table.keyspace}.${table.table})`,
      options,
    )
  }

  #then<K2, V2>(node: NewNode, operation: string, options: NameOption, keeps: Keeps = 'key'): KStream<K2, V2> {
    const { key, value } = handleOf(this).serdes
    const serdes: FlowingSerdes = {
      ...(keeps === 'both' || keeps === 'key' ? { key } : {}),
      ...(keeps === 'both' || keeps === 'value' ? { value } : {}),
    }
    return new KStream(handleOf(this).add(node, operation, options, serdes))
  }
}

/** Which serdes still fit what an operation gives. */
type Keeps = 'both' | 'key' | 'value' | 'none'

function printable(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('utf8')
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
