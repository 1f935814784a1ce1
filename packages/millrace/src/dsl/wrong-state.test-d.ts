/* oxlint-disable vitest/expect-expect -- a line that must not compile is the assertion; wrong-uses.test.ts checks that the compiler says what stands behind each @ts-expect-error */
import { describe, it } from 'vitest'
import {
  cassandraTable,
  hours,
  minutes,
  seconds,
  json,
  type KGroupedStream,
  type KStream,
  type KTable,
  keyValueStore,
  long,
  session,
  string,
  text,
  timestamp,
  topology,
  tumbling,
  type TopologyBuilder,
  unlimited,
  untilWindowCloses,
} from '../index.ts'

interface Rating {
  readonly movie: string
  readonly rating: number
}
declare const t: TopologyBuilder
declare const ratings: KStream<string, Rating>
declare const counts: KTable<string, number>
declare const grouped: KGroupedStream<string, Rating>
declare const byNumber: KStream<number | null, Rating>

declare const maybe: KStream<string, { movie: string; at: Date } | null>

describe('aggregations', () => {
  it('keep to one type', () => {
    // @ts-expect-error reduce() gives the type of its values, at once: use aggregate() for another type, and await in mapValuesAsync() before it
    grouped.reduce((_, rating) => rating.movie)
    // @ts-expect-error reduce() gives the type of its values, at once: use aggregate() for another type, and await in mapValuesAsync() before it
    grouped.windowedBy(tumbling(10)).reduce((_, rating) => rating.movie)
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.aggregate({ init: () => 0, add: (_, rating) => rating.movie })
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.aggregate({ init: () => 0, add: (sum, rating) => sum + rating.rating, value: string() })
    // @ts-expect-error the value serde is for another type than the values; give one for their type, or convert them with mapValues() first
    grouped.count({ value: string() })
    // @ts-expect-error the key serde is for another type than the keys; give one for their type, or convert them with selectKey() first
    grouped.count({ key: long() })
  })

  it('are windowed by windows', () => {
    // @ts-expect-error windowedBy() takes windows: tumbling(), hopping(), sliding(), session(), calendar() or unlimited()
    grouped.windowedBy(hours(1))
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.windowedBy(session(10)).aggregate({ init: () => 0, add: (sum) => sum })
    // @ts-expect-error windows without an end never close: leave out emit: 'on-window-close'
    grouped.windowedBy(unlimited()).count({ emit: 'on-window-close' })
    // @ts-expect-error aggregateWindowed() takes tumbling(), hopping(), sliding(), calendar() or unlimited(); use aggregateSessions() for session()
    grouped.cogroup((sum: number) => sum).aggregateWindowed(session(10), { init: () => 0 })
    // @ts-expect-error untilWindowCloses() needs the result of a windowed aggregation
    counts.suppress(untilWindowCloses())
    // @ts-expect-error 'late' does not exist in type 'WindowedOptions<string, Rating, number>'
    grouped.windowedBy(tumbling(10)).count({ late: () => {} })
  })
})

describe('serdes', () => {
  it('are for the type', () => {
    // @ts-expect-error the key serde is for another type than the keys; give one for their type, or convert them with selectKey() first
    byNumber.to('out', { key: string() })
    // @ts-expect-error the value serde is for another type than the values; give one for their type, or convert them with mapValues() first
    ratings.to('out', { value: string() })
    // @ts-expect-error to() needs a serde for keys that are neither text nor bytes: give { key: … }
    byNumber.to('out')
    // @ts-expect-error Property 'key' is missing in type '{ value: Serde<Rating>; }' but required in type 'ToOptionsWithKey<number | null, Rating>'
    byNumber.to('out', { value: json() })
    // @ts-expect-error groupBy() gives keys of another type than its key serde is for
    ratings.groupBy((rating) => rating.rating, { key: string() })
    // @ts-expect-error the key serde is for another type than the keys; give one for their type, or convert them with selectKey() first
    ratings.groupByKey({ key: long() })
    // @ts-expect-error the key serde is for another type than the keys; give one for their type, or convert them with selectKey() first
    ratings.repartition({ key: long() })
    // @ts-expect-error the value serde is for another type than the values; give one for their type, or convert them with mapValues() first
    ratings.toTable({ value: long() })
    // @ts-expect-error mapValues() gives another type than its value serde is for
    counts.mapValues((count) => `${count}`, { value: long() })
  })
})

describe('processors', () => {
  it('use what they declare', () => {
    const latest = keyValueStore({ name: 'latest', key: string(), value: long() })
    // @ts-expect-error no store is connected to this processor: name it in the options, { stores: { … } }
    ratings.process(({ stores }) => ({ process: ({ key }) => stores.latest.put(key, 1) }))
    // @ts-expect-error Property 'other' does not exist on type '{ readonly latest: KeyValueStore<string, number>; }'
    ratings.process(({ stores }) => ({ process: ({ key }) => stores.other.put(key, 1) }), { stores: { latest } })
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'
    ratings.process(({ stores }) => ({ process: ({ key }) => stores.latest.put(key, 'one') }), { stores: { latest } })
    // @ts-expect-error what this processor forwards is not declared: annotate its context, (context: ProcessorContext<Key, Value, Stores>) => …
    ratings.process((context) => ({ process: ({ key, value }) => context.forward({ key, value }) }))
    // @ts-expect-error Type 'Rating' is not assignable to type 'string'
    ratings.process<string, string>((context) => ({ process: ({ key, value }) => context.forward({ key, value }) }))
    // @ts-expect-error Type 'string' is not assignable to type 'Rows<unknown, unknown> | StoreHandle<StateStore>'
    ratings.process(() => ({ process: ({ key }) => key }), { stores: { latest: 'latest' } })
    const films = t.globalTable('films', { value: string() })
    // @ts-expect-error Property 'put' does not exist on type 'ReadableKeyValueStore<string, ValueAndTimestamp<string>>'
    ratings.process(({ stores }) => ({ process: ({ key }) => stores.films.put(key, 'x') }), { stores: { films } })
    const users = t.table('users', { value: string() })
    // @ts-expect-error Property 'put' does not exist on type 'ReadableKeyValueStore<string, ValueAndTimestamp<string>>'
    ratings.process(({ stores }) => ({ process: ({ key }) => stores.users.put(key, 'x') }), { stores: { users } })
    void t
    void topology
  })
})

describe('other', () => {
  it('x', () => {
    // @ts-expect-error mapValuesAsync() needs a promise; use mapValues() for a result that is at hand
    ratings.mapValuesAsync((rating) => rating.rating)
    const table = cassandraTable('ks.t', { columns: { movie: text(), at: timestamp() }, partitionKey: ['movie'] })
    // @ts-expect-error the values may be null or undefined, which no row can be; filter() such records out first
    maybe.sinkCassandra(table)
    // @ts-expect-error filter() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    ratings.filter((rating) => rating.movie)
    // @ts-expect-error a duration is not negative: give 0 or more
    minutes(-5)
    // @ts-expect-error a duration is not negative: give 0 or more
    tumbling(hours(1), { grace: seconds(-1) })
    // @ts-expect-error 'graze' does not exist in type 'GraceOption'
    tumbling(hours(1), { graze: 1 })
  })
})
