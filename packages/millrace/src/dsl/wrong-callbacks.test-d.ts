/* oxlint-disable vitest/expect-expect -- a line that must not compile is the assertion; wrong-uses.test.ts checks that the compiler says what stands behind each @ts-expect-error */
import { describe, it } from 'vitest'
import { type KGroupedStream, type KStream, type KTable, lookupTable, session, topology, tumbling } from '../index.ts'

interface Rating {
  readonly movie: string
  readonly rating: number
}
declare const ratings: KStream<string, Rating>
declare const table: KTable<string, Rating>
declare const grouped: KGroupedStream<string, Rating>
declare function load(rating: Rating): Promise<Rating>
const films = lookupTable('films', [['a', { title: 'A' }]])

describe('a callback that returns a promise is told so', () => {
  it('in operations on streams', () => {
    // @ts-expect-error filter() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    ratings.filter(async (rating) => rating.rating > 5)
    // @ts-expect-error filterNot() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    ratings.filterNot(async (rating) => rating.rating > 5)
    // @ts-expect-error map() needs its result at once and in this form: await in mapValuesAsync() before it
    ratings.map(async ({ key, value }) => ({ key, value }))
    // @ts-expect-error mapValues() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.mapValues((rating) => load(rating))
    // @ts-expect-error flatMap() needs its result at once and in this form: await in mapValuesAsync() before it
    ratings.flatMap(async ({ key, value }) => [{ key, value }])
    // @ts-expect-error flatMapValues() needs its result at once and in this form: await in mapValuesAsync() before it
    ratings.flatMapValues(async (rating) => [rating])
    // @ts-expect-error selectKey() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.selectKey(async (rating) => rating.movie)
    // @ts-expect-error peek() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.peek((rating) => load(rating))
    // @ts-expect-error forEach() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.forEach((rating) => load(rating))
    // @ts-expect-error split() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    ratings.split({ good: async (rating) => rating.rating > 5 })
    // @ts-expect-error groupBy() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.groupBy(async (rating) => rating.movie)
    // @ts-expect-error to() needs its result at once and in this form: await in mapValuesAsync() before it
    ratings.to(async (rating) => rating.movie)
  })

  it('in operations on tables', () => {
    // @ts-expect-error filter() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    table.filter(async (rating) => rating.rating > 5)
    // @ts-expect-error filterNot() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    table.filterNot(async (rating) => rating.rating > 5)
    // @ts-expect-error mapValues() is synchronous: await in mapValuesAsync() instead of returning a promise
    table.mapValues((rating) => load(rating))
    // @ts-expect-error groupBy() needs its result at once and in this form: await in mapValuesAsync() before it
    table.groupBy(async ({ key, value }) => ({ key, value }))
  })

  it('in joins', () => {
    // @ts-expect-error joinTable() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.joinTable(films, { type: 'left', on: (rating) => rating.movie, select: async (rating) => rating })
    // @ts-expect-error `on` gives a key of the table, or null, at once: its keys are of another type
    ratings.joinTable(films, { type: 'left', on: async (rating) => rating.movie })
    // @ts-expect-error joinTable() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.joinTable(table, { type: 'inner', select: async (rating) => rating })
    // @ts-expect-error joinStream() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.joinStream(ratings, { type: 'inner', within: 1, select: async (left) => left })
    // @ts-expect-error joinTable() is synchronous: await in mapValuesAsync() instead of returning a promise
    table.joinTable(table, { type: 'inner', select: async (left) => left })
    // @ts-expect-error joinTable() is synchronous: await in mapValuesAsync() instead of returning a promise
    table.joinTable(table, { type: 'left', on: async (rating) => rating.movie, select: (left) => left })
    // @ts-expect-error joinTable() is synchronous: await in mapValuesAsync() instead of returning a promise
    table.joinTable(table, { type: 'left', on: (rating) => rating.movie, select: async (left) => left })
  })

  it('in aggregations', () => {
    // @ts-expect-error reduce() gives the type of its values, at once: use aggregate() for another type, and await in mapValuesAsync() before it
    grouped.reduce((_, rating) => load(rating))
    // @ts-expect-error reduce() gives the type of its values, at once: use aggregate() for another type, and await in mapValuesAsync() before it
    grouped.windowedBy(tumbling(10)).reduce((_, rating) => load(rating))
    // @ts-expect-error reduce() gives the type of its values, at once: use aggregate() for another type, and await in mapValuesAsync() before it
    grouped.windowedBy(session(10)).reduce((_, rating) => load(rating))
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.aggregate({ init: () => 0, add: async (sum, rating) => sum + rating.rating })
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.aggregate({ init: async () => 0, add: () => 0 })
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.windowedBy(tumbling(10)).aggregate({ init: () => 0, add: async (sum) => sum })
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.windowedBy(session(10)).aggregate({ init: () => 0, add: (sum) => sum, merge: async (sum) => sum })
    // @ts-expect-error cogroup() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    grouped.cogroup(async (sum: number, rating) => sum + rating.rating)
    const byMovie = table.groupBy(({ value }) => ({ key: value.movie, value: value.rating }))
    // @ts-expect-error reduce() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    byMovie.reduce({ add: async (sum, rating) => sum + rating, subtract: (sum, rating) => sum - rating })
    // @ts-expect-error aggregate() keeps to one type, that of its first aggregate and its value serde, and answers at once: await in mapValuesAsync() before it
    byMovie.aggregate({ init: () => 0, add: (sum, rating) => sum + rating, subtract: async (sum) => sum })
  })

  it('in processors and definitions', () => {
    // @ts-expect-error a processor is synchronous: await in mapValuesAsync() before it instead of returning a promise
    ratings.process(() => ({ async process() {} }))
    // @ts-expect-error a processor is synchronous: await in mapValuesAsync() before it instead of returning a promise
    ratings.process<string, string>(() => ({ process: async () => {} }))
    // @ts-expect-error processValues() needs its result at once and in this form: await in mapValuesAsync() before it
    ratings.processValues(async () => ({ process() {} }))
    // @ts-expect-error a topology is defined synchronously: await what it needs before calling topology()
    topology('t', async (t) => t.source('in').to('out'))
  })
})
