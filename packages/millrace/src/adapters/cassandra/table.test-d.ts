import { assertType, describe, expectTypeOf, it } from 'vitest'
import { bigint, blob, boolean, int, text, timestamp } from './columns.ts'
import { cassandraTable, type NumericColumn, type PartitionOf, type RowOf, type WriteRow } from './table.ts'
import type { TableSpec } from '../../ports/index.ts'

const columns = {
  name: text(),
  hour: text(),
  at: timestamp(),
  rating: int(),
  votes: bigint(),
  seen: boolean(),
  raw: blob(),
}
const table = cassandraTable('films.ratings', { columns, partitionKey: ['name', 'hour'], clusteringKey: ['at'] })
type Ratings = typeof table

describe('cassandraTable', () => {
  it('is a TableSpec with exact keys', () => {
    expectTypeOf(table).toExtend<TableSpec>()
    expectTypeOf(table.partitionKey).toEqualTypeOf<readonly ('name' | 'hour')[]>()
    expectTypeOf(table.clusteringKey).toEqualTypeOf<readonly 'at'[]>()
  })

  it('refuses keys that are not columns, empty ones, and a column in both', () => {
    // @ts-expect-error -- not a column
    cassandraTable('films.ratings', { columns, partitionKey: ['nobody'] })
    // @ts-expect-error -- no partition key
    cassandraTable('films.ratings', { columns, partitionKey: [] })
    // @ts-expect-error -- in both keys
    const twice = cassandraTable('films.ratings', { columns, partitionKey: ['name'], clusteringKey: ['name'] })
    expectTypeOf(twice).not.toBeAny()
  })

  it('reads rows in which only key columns are never null', () => {
    expectTypeOf<RowOf<Ratings>>().toEqualTypeOf<{
      readonly name: string
      readonly hour: string
      readonly at: Date
      readonly rating: number | null
      readonly votes: bigint | null
      readonly seen: boolean | null
      readonly raw: Buffer | null
    }>()
  })

  it('writes rows whose key is there; other columns may be left out, unset or null', () => {
    const key = { name: 'Ann', hour: '09', at: 5 }
    assertType<WriteRow<Ratings>>(key)
    assertType<WriteRow<Ratings>>({ ...key, at: new Date(5), rating: undefined, votes: 5n, seen: null })
    assertType<WriteRow<Ratings>>({ ...key, votes: 5, raw: new Uint8Array() })
    // @ts-expect-error -- a key part may not be null
    assertType<WriteRow<Ratings>>({ ...key, name: null })
    // @ts-expect-error -- a key part may not be undefined
    assertType<WriteRow<Ratings>>({ ...key, at: undefined })
    // @ts-expect-error -- a key part is missing
    assertType<WriteRow<Ratings>>({ name: 'Ann', hour: '09' })
    // @ts-expect-error -- text is not a number
    assertType<WriteRow<Ratings>>({ ...key, rating: '9' })
  })

  it('names partitions and numeric columns', () => {
    expectTypeOf<PartitionOf<Ratings>>().toEqualTypeOf<{ readonly name: string; readonly hour: string }>()
    expectTypeOf<NumericColumn<Ratings>>().toEqualTypeOf<'rating' | 'votes'>()
  })
})
