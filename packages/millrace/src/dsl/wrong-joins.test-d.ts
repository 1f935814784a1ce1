/* oxlint-disable vitest/expect-expect -- a line that must not compile is the assertion; wrong-uses.test.ts checks that the compiler says what stands behind each @ts-expect-error */
import { describe, it } from 'vitest'
import { type GlobalKTable, type KGroupedStream, type KStream, type KTable, lookupTable } from '../index.ts'

interface Rating {
  readonly movie: string
  readonly rating: number
}
declare const ratings: KStream<string, Rating>
declare const byNumber: KStream<number | null, Rating>
declare const movies: KTable<string, { readonly title: string }>
declare const tableByNumber: KTable<number, Rating>
declare const global: GlobalKTable<string, { readonly title: string }>
declare const grouped: KGroupedStream<string, Rating>
const films = lookupTable('films', [['a', { title: 'A' }]])

describe('inputs of different keys', () => {
  it('do not join', () => {
    // @ts-expect-error a join needs both sides to have the same key type; call selectKey() on one side first
    ratings.joinStream(byNumber, { type: 'inner', within: 1, select: (left) => left })
    // @ts-expect-error a join needs both sides to have the same key type; call selectKey() on one side first
    ratings.joinTable(tableByNumber, { type: 'inner', select: (left) => left })
    // @ts-expect-error a join needs both sides to have the same key type; call selectKey() on one side first
    ratings.joinTable(tableByNumber, { type: 'left' })
    // @ts-expect-error a join needs both sides to have the same key type; call selectKey() on one side first
    byNumber.joinTable(movies, { type: 'left' })
    // @ts-expect-error tables of different key types join only with `on`, which gives a key of the other table from a row of this one
    movies.joinTable(tableByNumber, { type: 'outer', select: (left) => left })
  })

  it('do not merge, and are not grouped together', () => {
    // @ts-expect-error merge() needs both streams to have the same key type; call selectKey() on one of them first
    ratings.merge(byNumber)
    const sums = grouped.cogroup((sum: number, rating) => sum + rating.rating)
    // @ts-expect-error cogroup() needs all streams to be grouped by the same key type; groupBy() another key first
    sums.cogroup(byNumber.groupByKey(), (sum) => sum)
  })
})

describe('the options of a join', () => {
  it('have a type', () => {
    // @ts-expect-error a join needs its `type` written out: 'inner' drops a record that has no match, 'left' keeps it
    ratings.joinTable(films, { on: (rating) => rating.movie })
    // @ts-expect-error a join needs its `type` written out: 'inner' drops a record that has no match, 'left' keeps it
    ratings.joinTable(movies, {})
    // @ts-expect-error a join needs its `type` written out: 'inner' drops a record that has no match, 'left' keeps it
    ratings.joinStream(ratings, { within: 1, select: (left) => left })
    // @ts-expect-error a join needs its `type` written out: 'inner' drops a record that has no match, 'left' keeps it
    movies.joinTable(movies, { select: (left) => left })
    // @ts-expect-error Type '"outer"' is not assignable to type '"inner" | "left"'
    ratings.joinTable(films, { type: 'outer', on: (rating) => rating.movie })
    // @ts-expect-error a join by `on` is 'inner' or 'left', and its select gets the two rows
    movies.joinTable(movies, { type: 'outer', on: () => 'a', select: (left) => left })
  })

  it('have a key of the other table', () => {
    // @ts-expect-error `on` gives a key of the table, or null, at once: its keys are of another type
    ratings.joinTable(films, { type: 'left', on: (rating) => rating.rating })
    // @ts-expect-error `on` gives a key of the table, or null, at once: its keys are of another type
    ratings.joinTable(global, { type: 'inner', on: (rating) => rating.rating })
    // @ts-expect-error tables of different key types join only with `on`, which gives a key of the other table from a row of this one
    tableByNumber.joinTable(movies, { type: 'inner', on: (rating) => rating.rating, select: (rating) => rating })
    // @ts-expect-error Property 'on' is missing in type '{ type: "inner"; }' but required in type 'JoinByKeyOptions
    ratings.joinTable(global, { type: 'inner' })
    // @ts-expect-error a KTable is joined by the key of the record: leave out `on`, and call selectKey() first
    ratings.joinTable(movies, { type: 'inner', on: (rating) => rating.movie })
  })

  it('fit the other side', () => {
    // @ts-expect-error joinStream() joins with a stream; use joinTable() for a table
    ratings.joinStream(movies, { type: 'inner', within: 1, select: (left) => left })
    // @ts-expect-error joinTable() joins with a table; use joinStream() for a stream
    ratings.joinTable(ratings, { type: 'inner' })
    // @ts-expect-error tables of different key types join only with `on`, which gives a key of the other table from a row of this one
    movies.joinTable(ratings, { type: 'inner', select: (left) => left })
  })
})
