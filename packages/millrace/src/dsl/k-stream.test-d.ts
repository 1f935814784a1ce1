/* oxlint-disable vitest/expect-expect -- a line that must not compile is the assertion; wrong-uses.test.ts checks that the compiler says what stands behind each @ts-expect-error */
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { LookupTableSpec } from '../ports/lookup-table.ts'
import { json, long, string } from '../serde/index.ts'
import type { KStream } from './k-stream.ts'
import type { TopologyBuilder } from './topology-builder.ts'
import type { TopologyTypeError } from './type-error.ts'

declare const t: TopologyBuilder
declare const films: LookupTableSpec<string, { readonly title: string; readonly duration: number }>

const Rating = z.object({ name: z.string(), movie: z.string(), rating: z.number() })
interface Rating {
  name: string
  movie: string
  rating: number
}

const ratings = t.source('test').parse(Rating)

describe('types of a stream', () => {
  it('begins with text keys and bytes unless serdes say otherwise', () => {
    expectTypeOf(t.source('a')).toEqualTypeOf<KStream<string | null, Buffer>>()
    expectTypeOf(t.source('a', { key: long(), value: string() })).toEqualTypeOf<KStream<number | null, string>>()
    expectTypeOf(t.source('a', { value: json(Rating) })).toEqualTypeOf<KStream<string | null, Rating>>()
  })

  it('takes the value type from the schema', () => {
    expectTypeOf(ratings).toEqualTypeOf<KStream<string | null, Rating>>()
  })

  it('narrows by a type guard, both ways', () => {
    const mixed = t.source('a', { value: json<string | number>() })
    const isText = (value: string | number): value is string => typeof value === 'string'
    expectTypeOf(mixed.filter(isText)).toEqualTypeOf<KStream<string | null, string>>()
    expectTypeOf(mixed.filterNot(isText)).toEqualTypeOf<KStream<string | null, number>>()
    const { texts, rest } = mixed.split({ texts: isText }, { otherwise: 'rest' })
    expectTypeOf(texts).toEqualTypeOf<KStream<string | null, string>>()
    expectTypeOf(rest).toEqualTypeOf<KStream<string | null, string | number>>()
  })

  it('adds the hour bucket as a text field', () => {
    const bucketed = ratings.windowByHour({ zone: 'UTC', as: 'hour' })
    expectTypeOf(bucketed).toEqualTypeOf<
      KStream<string | null, { name: string; movie: string; rating: number; readonly hour: string }>
    >()
  })

  it('gives the row of a left join as possibly undefined, of an inner join as there', () => {
    ratings.joinTable(films, {
      type: 'left',
      on: (rating) => rating.movie,
      select: (rating, film) => {
        expectTypeOf(film).toEqualTypeOf<{ readonly title: string; readonly duration: number } | undefined>()
        return rating
      },
    })
    const joined = ratings.joinTable(films, {
      type: 'inner',
      on: (rating) => rating.movie,
      select: (rating, film) => ({ movie: rating.movie, minutes: film.duration }),
    })
    expectTypeOf(joined).toEqualTypeOf<KStream<string | null, { movie: string; minutes: number }>>()
  })

  it('infers new keys and values', () => {
    expectTypeOf(ratings.map(({ value }) => ({ key: value.rating, value: value.name }))).toEqualTypeOf<
      KStream<number, string>
    >()
    expectTypeOf(ratings.selectKey((value) => value.rating)).toEqualTypeOf<KStream<number, Rating>>()
    expectTypeOf(ratings.flatMap(({ key }) => [{ key, value: 1 }])).toEqualTypeOf<KStream<string | null, number>>()
    expectTypeOf(ratings.flatMapValues((value) => [value.name])).toEqualTypeOf<KStream<string | null, string>>()
    expectTypeOf(ratings.mapValuesAsync(async (value) => value.rating)).toEqualTypeOf<KStream<string | null, number>>()
    expectTypeOf(ratings.merge(t.source('b'))).toEqualTypeOf<KStream<string | null, Rating | Buffer>>()
  })
})

describe('wrong uses', () => {
  it('refuses promises in synchronous operations with a sentence', () => {
    // @ts-expect-error mapValues() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.mapValues(async (value) => value.name)
    // @ts-expect-error selectKey() is synchronous: await in mapValuesAsync() instead of returning a promise
    ratings.selectKey(async (value) => value.name)
    // @ts-expect-error filter() needs true or false at once: compare explicitly, and await in mapValuesAsync() before it
    ratings.filter(async () => true)
  })

  it('refuses a field that the value does not have', () => {
    // @ts-expect-error 'title' does not exist
    ratings.filter((value) => value.title === 'x')
    // @ts-expect-error 'title' does not exist
    ratings.joinTable(films, { type: 'left', on: (rating) => rating.title, select: (rating) => rating })
  })

  it('refuses a join on a key of another type', () => {
    // @ts-expect-error `on` gives a key of the table, or null, at once: its keys are of another type
    ratings.joinTable(films, { type: 'left', on: (rating) => rating.rating, select: (rating) => rating })
  })

  it('refuses a join without its type, and the row of a left join used as if it were there', () => {
    // @ts-expect-error a join needs its `type` written out: 'inner' drops a record that has no match, 'left' keeps it
    ratings.joinTable(films, { on: (rating) => rating.movie, select: (rating) => rating })
    ratings.joinTable(films, {
      type: 'left',
      on: (rating) => rating.movie,
      // @ts-expect-error 'film' is possibly 'undefined'
      select: (_rating, film) => film.duration,
    })
  })

  it('refuses windowByHour on a value without fields, or without a zone', () => {
    // @ts-expect-error windowByHour() needs a value with fields; parse() or mapValues() to an object first
    t.source('a', { value: string() }).windowByHour({ zone: 'UTC', as: 'hour' })
    // @ts-expect-error Property 'zone' is missing in type '{ as: "hour"; }' but required in type 'WindowByHourOptions<{ name: string; movie: string; rating: number; }, "hour
    ratings.windowByHour({ as: 'hour' })
  })

  it('refuses to write a key that needs a serde without one', () => {
    // @ts-expect-error to() needs a serde for keys that are neither text nor bytes: give { key: … }
    ratings.selectKey((value) => value.rating).to('out')
    ratings.selectKey((value) => value.rating).to('out', { key: long() })
    // @ts-expect-error the key serde is for another type than the keys; give one for their type, or convert them with selectKey() first
    ratings.selectKey((value) => value.rating).to('out', { key: string() })
  })

  it('refuses a branch that the split does not have', () => {
    // @ts-expect-error Property 'bad' does not exist on type 'Branches<string | null, { name: string; movie: string; rating: number; }, { readonly good: (value: { name: stri
    void ratings.split({ good: (value) => value.rating > 5 }).bad
  })

  it('keeps errors apart by their sentence', () => {
    expectTypeOf<TopologyTypeError<'a'>>().not.toEqualTypeOf<TopologyTypeError<'b'>>()
  })
})
