/* oxlint-disable vitest/expect-expect -- a line that must not compile is the assertion; wrong-uses.test.ts checks that the compiler says what stands behind each @ts-expect-error */
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  bigint,
  boolean,
  cassandraTable,
  int,
  json,
  type KStream,
  long,
  lookupTable,
  string,
  text,
  timestamp,
  topology,
  type TopologyBuilder,
} from '../index.ts'
import type { SinkCheck } from './sink-check.ts'
import type { SyncResult, TopologyTypeError } from './type-error.ts'

declare const t: TopologyBuilder

/** The sentence that a user reads, or `never` where there is nothing to say. */
type Sentence<T> = T extends TopologyTypeError<infer Message> ? Message : never

const table = cassandraTable('ks.ratings', {
  columns: { name: text(), at: timestamp(), rating: int(), seen: boolean(), big: bigint() },
  partitionKey: ['name'],
  clusteringKey: ['at'],
})
type Table = typeof table

interface Row {
  name: string
  at: Date
  rating: number
  seen: boolean
  big: bigint
}
declare const rows: KStream<string | null, Row>
declare function streamOf<V>(): KStream<string | null, V>
type With<Changed> = Omit<Row, keyof Changed> & Changed

describe('sinkCassandra()', () => {
  it('takes a stream that has every column', () => {
    rows.sinkCassandra(table)
    expectTypeOf<SinkCheck<Row, Table>>().toBeUnknown()
    expectTypeOf<SinkCheck<Row & { readonly extra: symbol }, Table>>().toBeUnknown()
  })

  it('takes optional, null and undefined in columns outside the key, such as those of a left join', () => {
    expectTypeOf<SinkCheck<Omit<Row, 'rating'> & { rating?: number }, Table>>().toBeUnknown()
    expectTypeOf<SinkCheck<With<{ rating: number | null | undefined }>, Table>>().toBeUnknown()
    const films = lookupTable('films', [['a', { seen: true, big: 1n }]])
    streamOf<Omit<Row, 'seen' | 'big'>>()
      .joinTable(films, { type: 'left', on: (row) => row.name })
      .sinkCassandra(table)
  })

  it('takes what a column can convert', () => {
    expectTypeOf<SinkCheck<With<{ at: number }>, Table>>().toBeUnknown()
    expectTypeOf<SinkCheck<With<{ big: number }>, Table>>().toBeUnknown()
  })

  it('asks for a column that the value does not have', () => {
    // @ts-expect-error column 'rating' is missing in the stream's value; add it with mapValues() or take it out of the table
    streamOf<Omit<Row, 'rating'>>().sinkCassandra(table)
    expectTypeOf<
      Sentence<SinkCheck<Omit<Row, 'rating'>, Table>>
    >().toEqualTypeOf<"column 'rating' is missing in the stream's value; add it with mapValues() or take it out of the table">()
  })

  it('names every column at fault', () => {
    expectTypeOf<Sentence<SinkCheck<{ at: Date; rating: string }, Table>>>().toEqualTypeOf<
      | "column 'name' is missing in the stream's value; add it with mapValues() or take it out of the table"
      | "column 'seen' is missing in the stream's value; add it with mapValues() or take it out of the table"
      | "column 'big' is missing in the stream's value; add it with mapValues() or take it out of the table"
      | "column 'rating' is declared as int() and cannot take what the stream's value gives it; convert it with mapValues()"
    >()
  })

  it('refuses a value that the CQL type cannot take', () => {
    // @ts-expect-error column 'rating' is declared as int() and cannot take what the stream's value gives it; convert it with mapValues()
    streamOf<With<{ rating: string }>>().sinkCassandra(table)
    // @ts-expect-error column 'rating' is declared as int() and cannot take what the stream's value gives it; convert it with mapValues()
    streamOf<With<{ rating: number | string }>>().sinkCassandra(table)
    // @ts-expect-error column 'seen' is declared as boolean() and cannot take what the stream's value gives it; convert it with mapValues()
    streamOf<With<{ seen: number }>>().sinkCassandra(table)
    expectTypeOf<
      Sentence<SinkCheck<With<{ seen: 0 | 1 }>, Table>>
    >().toEqualTypeOf<"column 'seen' is declared as boolean() and cannot take what the stream's value gives it; convert it with mapValues()">()
  })

  it('refuses a key part that may be null, undefined or missing', () => {
    // @ts-expect-error column 'name' is part of the primary key and must not be null or undefined; filter() such records out first
    streamOf<With<{ name: string | null }>>().sinkCassandra(table)
    // @ts-expect-error column 'at' is part of the primary key and must not be null or undefined; filter() such records out first
    streamOf<Omit<Row, 'at'> & { at?: Date }>().sinkCassandra(table)
    type Said =
      "column 'name' is part of the primary key and must not be null or undefined; filter() such records out first"
    expectTypeOf<Sentence<SinkCheck<With<{ name: string | undefined }>, Table>>>().toEqualTypeOf<Said>()
    expectTypeOf<Sentence<SinkCheck<Omit<Row, 'name'> & { name?: string }, Table>>>().toEqualTypeOf<Said>()
    expectTypeOf<Sentence<SinkCheck<Row | Omit<Row, 'name'>, Table>>>().toEqualTypeOf<Said>()
  })

  it('takes such a key part again after a filter that is a type guard', () => {
    streamOf<With<{ name: string | null }>>()
      .filter((row): row is Row => row.name !== null)
      .sinkCassandra(table)
  })

  it('refuses a key part of another type', () => {
    // @ts-expect-error column 'at' is part of the primary key and has another type than the stream's value gives it
    streamOf<With<{ at: string }>>().sinkCassandra(table)
    expectTypeOf<
      Sentence<SinkCheck<With<{ at: string }>, Table>>
    >().toEqualTypeOf<"column 'at' is part of the primary key and has another type than the stream's value gives it">()
  })

  it('refuses values without fields', () => {
    // @ts-expect-error a table takes values with fields, one for each column; parse() or mapValues() to an object first
    t.source('in').sinkCassandra(table)
    // @ts-expect-error a table takes values of a known type; give a schema to json() or parse()
    t.source('in', { value: json() }).sinkCassandra(table)
  })

  it('refuses a table whose key is no column', () => {
    // @ts-expect-error Type '"nobody"' is not assignable to type '"name"'
    cassandraTable('ks.t', { columns: { name: text() }, partitionKey: ['nobody'] })
    // @ts-expect-error Source has 0 element(s) but target requires 1
    cassandraTable('ks.t', { columns: { name: text() }, partitionKey: [] })
  })
})

describe('promises in synchronous operations', () => {
  it('are refused with a sentence', () => {
    expectTypeOf<
      Sentence<SyncResult<Promise<string>, 'mapValues()'>>
    >().toEqualTypeOf<'mapValues() is synchronous: await in mapValuesAsync() instead of returning a promise'>()
    expectTypeOf<SyncResult<string, 'mapValues()'>>().toBeUnknown()
    // @ts-expect-error mapValues() is synchronous: await in mapValuesAsync() instead of returning a promise
    rows.mapValues((row) => (row.seen ? Promise.resolve(1) : 1))
    // @ts-expect-error peek() is synchronous: await in mapValuesAsync() instead of returning a promise
    rows.peek(async () => {})
    // @ts-expect-error forEach() is synchronous: await in mapValuesAsync() instead of returning a promise
    rows.forEach(async (row) => row.name)
    // @ts-expect-error split() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    rows.split({ some: async () => true })
    // @ts-expect-error flatMapValues() needs its result at once and in this form: await in mapValuesAsync() before it
    rows.flatMapValues(async (row) => [row])
    // @ts-expect-error map() needs its result at once and in this form: await in mapValuesAsync() before it
    rows.map(async (record) => record)
  })

  it('are refused in the callbacks of a join', () => {
    const films = lookupTable('films', [['a', { title: 'A' }]])
    // @ts-expect-error joinTable() is synchronous: await in mapValuesAsync() instead of returning a promise
    rows.joinTable(films, { type: 'left', on: (row) => row.name, select: async (row) => row })
    // @ts-expect-error `on` gives a key of the table, or null, at once: its keys are of another type
    rows.joinTable(films, { type: 'left', on: async (row) => row.name })
  })

  it('do not get in the way of actions that return something', () => {
    const seen: string[] = []
    rows.peek((row) => seen.push(row.name))
    rows.forEach((row) => void seen.push(row.name))
    rows.forEach(() => {})
  })
})

describe('keys and serdes', () => {
  it('are of one type', () => {
    // @ts-expect-error to() needs a serde for keys that are neither text nor bytes: give { key: … }
    t.source('in', { key: long() }).to('out')
    // @ts-expect-error the value serde is for another type than the values; give one for their type, or convert them with mapValues() first
    rows.to('out', { value: string() })
    // @ts-expect-error Type 'boolean' is not assignable to type 'string | number | Date'
    t.source('in', { value: json<Row>(), at: (row) => row.seen })
    // @ts-expect-error Object literal may only specify known properties, and 'name' does not exist in type 'StandardSchemaV1<unknown, unknown>'
    t.source('in').parse({ name: 'string' })
    // @ts-expect-error Type '"first"' is not assignable to type '"earliest" | "latest" | undefined'
    t.source('in', { startAt: 'first' })
  })

  it('that may be undefined must be dealt with', () => {
    const users = t.source('in').parse(z.object({ user: z.string().optional() }))
    const byUser = users.selectKey((value) => value.user)
    // @ts-expect-error to() needs a serde for keys that are neither text nor bytes: give { key: … }
    byUser.to('out')
    byUser.to('out', { key: string() })
  })
})

describe('other wrong uses', () => {
  it('are refused', () => {
    // @ts-expect-error Type 'string' is not assignable to type 'Policy | undefined'
    t.source('in', { onInvalid: 'skip' })
    // @ts-expect-error Type '"outer"' is not assignable to type '"inner" | "left"'
    rows.joinTable(lookupTable('x', [['a', 1]]), { type: 'outer', on: (row) => row.name })
    // @ts-expect-error Type 'number' is not assignable to type 'string'
    rows.windowByHour({ zone: 'UTC', as: 7 })
    // @ts-expect-error windowByHour() needs a value with fields; parse() or mapValues() to an object first
    streamOf<Row | string>().windowByHour({ zone: 'UTC', as: 'hour' })
    // @ts-expect-error Argument of type '"svg"' is not assignable to parameter of type 'DescribeFormat | undefined'
    topology('t', (builder) => builder.source('in').to('out')).describe('svg')
    // @ts-expect-error Property 'filter' does not exist on type 'void'
    rows.to('out').filter(() => true)
    // @ts-expect-error Type 'false' is not assignable to type 'true'
    rows.mapValuesAsync(async (row) => row, { ordered: false })
    // @ts-expect-error Operator '>' cannot be applied to types 'string' and 'number'
    rows.windowByHour({ zone: 'UTC', as: 'hour' }).filter((row) => row.hour > 1)
  })
})
