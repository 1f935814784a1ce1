import type { StandardSchemaV1 } from '@standard-schema/spec'
import { StreamsError } from '../errors/index.ts'
import { callSite, checkName, fail, type NodeFields, type PlanNode, type TimestampOf } from '../plan/index.ts'
import type { LookupTableSpec } from '../ports/lookup-table.ts'
import type { TableSpec } from '../ports/table.ts'
import { hourBucket } from '../time/index.ts'
import { defaultSerde } from './default-serde.ts'
import type {
  JoinLookupOptions,
  NameOption,
  ParseOptions,
  SelectOption,
  SinkTableOptions,
  ToArguments,
  WindowByHourOptions,
  WithRow,
} from './options.ts'
import type { PlanBuilder } from './plan-builder.ts'
import type { SinkCheck } from './sink-check.ts'
import { branchNodes, type Branches, type Predicates } from './split.ts'
import { tableSinkOptions } from './table-sink-options.ts'
import type { Flat, SyncResult, TopologyTypeError } from './type-error.ts'

type Callback = (...args: never[]) => unknown
type NewNode<Node = PlanNode> = Node extends unknown ? Omit<Node, keyof NodeFields> : never

/**
 * A stream of records, each a fact of its own: an immutable handle on one operation of a topology. Every operation
 * gives a new handle; using one handle twice sends each record both ways, in the order written.
 * Callbacks get the value first, then the key, and must be synchronous and free of side effects unless said otherwise.
 */
export class KStream<K, V> {
  readonly #builder: PlanBuilder
  readonly #node: string

  constructor(builder: PlanBuilder, node: string) {
    this.#builder = builder
    this.#node = node
  }

  /**
   * Reads JSON (where the value is still bytes) and validates it with any Standard Schema: zod, valibot, arktype.
   * The value is what the schema puts out. An asynchronous schema works too: order is kept.
   */
  parse<Schema extends StandardSchemaV1>(
    schema: Schema,
    options: ParseOptions<StandardSchemaV1.InferOutput<Schema>> = {},
  ): KStream<K, StandardSchemaV1.InferOutput<Schema>> {
    const { at, concurrency = 16 } = options
    checkCount(concurrency, 'concurrency')
    const timestamp = at === undefined ? {} : { timestamp: at as TimestampOf }
    return this.#then(
      { kind: 'parse', schema, onInvalid: options.onInvalid ?? fail, concurrency, ...timestamp },
      'parse',
      options,
    )
  }

  /** Keeps the records for which `predicate` holds. A type guard narrows the value's type. */
  filter<Narrow extends V>(predicate: (value: V, key: K) => value is Narrow, options?: NameOption): KStream<K, Narrow>
  filter(predicate: (value: V, key: K) => boolean, options?: NameOption): KStream<K, V>
  filter(predicate: (value: V, key: K) => boolean, options: NameOption = {}): KStream<K, V> {
    return this.#then({ kind: 'filter', predicate: predicate, not: false }, 'filter', options)
  }

  /** Keeps the records for which `predicate` does not hold. */
  filterNot<Narrow extends V>(
    predicate: (value: V, key: K) => value is Narrow,
    options?: NameOption,
  ): KStream<K, Exclude<V, Narrow>>
  filterNot(predicate: (value: V, key: K) => boolean, options?: NameOption): KStream<K, V>
  filterNot(predicate: (value: V, key: K) => boolean, options: NameOption = {}): KStream<K, V> {
    return this.#then({ kind: 'filter', predicate: predicate, not: true }, 'filterNot', options)
  }

  /** A new key and value per record. */
  map<K2, V2, Result extends { readonly key: K2; readonly value: V2 }>(
    mapper: (record: { readonly key: K; readonly value: V }) => Result & { readonly key: K2; readonly value: V2 },
    options: NameOption = {},
  ): KStream<Result['key'], Result['value']> {
    return this.#then({ kind: 'map', mapper: mapper }, 'map', options)
  }

  /** A new value per record; the key stays. */
  mapValues<V2>(
    mapper: (value: V, key: K) => V2 & SyncResult<V2, 'mapValues()'>,
    options: NameOption = {},
  ): KStream<K, V2> {
    return this.#then({ kind: 'map-values', mapper: mapper }, 'mapValues', options)
  }

  /** Any number of records per record, in the order given. */
  flatMap<K2, V2>(
    mapper: (record: { readonly key: K; readonly value: V }) => Iterable<{ readonly key: K2; readonly value: V2 }>,
    options: NameOption = {},
  ): KStream<K2, V2> {
    return this.#then({ kind: 'flat-map', mapper: mapper as Callback }, 'flatMap', options)
  }

  /** Any number of values per record, in the order given; the key stays. */
  flatMapValues<V2>(mapper: (value: V, key: K) => Iterable<V2>, options: NameOption = {}): KStream<K, V2> {
    return this.#then({ kind: 'flat-map-values', mapper: mapper as Callback }, 'flatMapValues', options)
  }

  /** A new key per record; the value stays. */
  selectKey<K2>(
    mapper: (value: V, key: K) => K2 & SyncResult<K2, 'selectKey()'>,
    options: NameOption = {},
  ): KStream<K2, V> {
    return this.#then({ kind: 'select-key', mapper: mapper }, 'selectKey', options)
  }

  /**
   * A new value per record from an asynchronous call. At most `concurrency` calls of a task are under way at a time
   * (default 16); results go on in the order of their records, and offsets are committed only after them.
   */
  mapValuesAsync<V2>(
    mapper: (value: V, key: K) => Promise<V2>,
    options: NameOption & { readonly concurrency?: number; readonly ordered?: true } = {},
  ): KStream<K, V2> {
    const { concurrency = 16 } = options
    checkCount(concurrency, 'concurrency')
    return this.#then({ kind: 'map-values-async', mapper: mapper, concurrency }, 'mapValuesAsync', options)
  }

  /** The records of both streams, in no particular order between the two. */
  merge<K2, V2>(other: KStream<K2, V2>, options: NameOption = {}): KStream<K | K2, V | V2> {
    if (other.#builder !== this.#builder) throw otherTopology()
    const id = this.#builder.add({ kind: 'merge' }, [this.#node, other.#node], 'merge', options.name)
    return new KStream(this.#builder, id)
  }

  /**
   * Sends each record to the first branch whose predicate holds, in the order written; to the branch named by
   * `otherwise`, or nowhere, when none does.
   */
  split<const P extends Predicates<K, V>, const Otherwise extends string = never>(
    predicates: P,
    options: NameOption & { readonly otherwise?: Otherwise } = {},
  ): Branches<K, V, P, Otherwise> {
    const ids = branchNodes(this.#builder, this.#node, predicates, options)
    const streams = ids.map(([branch, id]) => [branch, new KStream<K, V>(this.#builder, id)])
    return Object.freeze(Object.fromEntries(streams)) as Branches<K, V, P, Otherwise>
  }

  /** Looks at each record on its way; for side effects such as logging. */
  peek<Result>(
    action: (value: V, key: K) => Result & SyncResult<Result, 'peek()'>,
    options: NameOption = {},
  ): KStream<K, V> {
    return this.#then({ kind: 'peek', action: action }, 'peek', options)
  }

  /** Ends the stream with a side effect per record. At least once: after a crash records may come again. */
  forEach<Result>(
    action: (value: V, key: K) => Result & SyncResult<Result, 'forEach()'>,
    options: NameOption = {},
  ): void {
    this.#then({ kind: 'for-each', action: action }, 'forEach', options)
  }

  /** Ends the stream by printing each record to standard output as `[label] key: value`. */
  print(options: NameOption & { readonly label?: string } = {}): void {
    const label = options.label ?? this.#node
    const action = (value: V, key: K): void => {
      process.stdout.write(`[${label}] ${String(key)}: ${printable(value)}\n`)
    }
    this.#then({ kind: 'for-each', action: action }, 'print', options)
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

  /** Joins each record with the rows that a static lookup table has for a key. `type` is always written out. */
  joinTable<TableKey, Row, const Type extends 'inner' | 'left', Result>(
    table: LookupTableSpec<TableKey, Row>,
    options: JoinLookupOptions<K, V, TableKey, Type> & SelectOption<V, Row, Type, Result>,
  ): KStream<K, Result>
  joinTable<TableKey, Row, const Type extends 'inner' | 'left'>(
    table: LookupTableSpec<TableKey, Row>,
    options: JoinLookupOptions<K, V, TableKey, Type>,
  ): KStream<K, WithRow<V, Row, Type>>
  joinTable<TableKey, Row>(
    table: LookupTableSpec<TableKey, Row>,
    options: JoinLookupOptions<K, V, TableKey, 'inner' | 'left'> & { readonly select?: Callback },
  ): KStream<K, unknown> {
    const { type, on, select } = options
    const node = { kind: 'join-lookup', type, table: table as LookupTableSpec<unknown, unknown>, on } as const
    return this.#then(select === undefined ? node : { ...node, select }, 'joinTable', options)
  }

  /** Ends the stream in a Kafka topic, which must exist. Timestamp and headers of the record are kept. */
  to(topic: string, ...[options = {}]: ToArguments<K, V>): void {
    checkName(topic, 'Topic', callSite())
    this.#then(
      {
        kind: 'topic-sink',
        topic,
        keySerde: options.key ?? defaultSerde('key'),
        valueSerde: options.value ?? defaultSerde('value'),
        onError: options.onError ?? fail,
      },
      `to(${topic})`,
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

  #then<K2, V2>(node: NewNode, operation: string, options: NameOption): KStream<K2, V2> {
    return new KStream(this.#builder, this.#builder.add(node, [this.#node], operation, options.name))
  }
}

function checkCount(value: number, option: string): void {
  if (Number.isInteger(value) && value > 0) return
  throw new StreamsError({
    code: 'OPTION_INVALID',
    what: `${option} is ${value}`,
    hint: 'Give a whole number above 0.',
    callSite: callSite(),
  })
}

function otherTopology(): StreamsError {
  return new StreamsError({
    code: 'TOPOLOGY_INVALID',
    what: 'merge() got a stream of another topology',
    hint: 'Write it to a topic there and read that with source() here.',
    callSite: callSite(),
  })
}

function printable(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('utf8')
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
