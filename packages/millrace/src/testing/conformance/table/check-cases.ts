import { bigint, int, text, timestamp } from '../../../adapters/cassandra/columns.ts'
import { cassandraTable } from '../../../adapters/cassandra/table.ts'
import type { TableSpec } from '../../../ports/index.ts'
import { sinkOptions, type TableCase, type TableCaseContext } from './table-case.ts'

export const missingTitle = 'reports a table that does not exist'

export const checkCases: readonly TableCase[] = [
  {
    title: 'finds nothing wrong with a table that is as declared',
    async run({ expect, ratings, store }) {
      const { table } = await ratings()
      expect(await check(store, table)).toEqual([])
    },
  },
  {
    title: 'accepts columns that are not declared',
    async run({ expect, ratings, store }) {
      const { table } = await ratings()
      const { note: _note, ...columns } = table.columns
      expect(await check(store, { ...table, columns })).toEqual([])
    },
  },
  {
    title: 'reports a column that is missing and one of another type, both at once',
    async run({ expect, ratings, store }) {
      const { table } = await ratings()
      const columns = { ...table.columns, rating: bigint(), mood: text() }
      expect(await check(store, { ...table, columns })).toEqual([
        'TABLE_DIFFERS column mood is missing',
        'TABLE_DIFFERS column rating is int, declared as bigint',
      ])
    },
  },
  {
    title: 'reports key parts that differ in content or order',
    async run({ expect, ratings, store }) {
      const { table } = await ratings()
      const shifted = { ...table, partitionKey: ['name'], clusteringKey: ['hour', 'at', 'movie'] }
      expect(await check(store, shifted)).toEqual([
        'TABLE_DIFFERS the clustering key is (at, movie), declared as (hour, at, movie)',
        'TABLE_DIFFERS the partition key is (name, hour), declared as (name)',
      ])
      const swapped = { ...table, partitionKey: ['hour', 'name'], clusteringKey: ['movie', 'at'] }
      expect(await check(store, swapped)).toEqual([
        'TABLE_DIFFERS the clustering key is (at, movie), declared as (movie, at)',
        'TABLE_DIFFERS the partition key is (name, hour), declared as (hour, name)',
      ])
    },
  },
  {
    title: missingTitle,
    async run({ expect, store, uniqueName, ratings }) {
      const { table } = await ratings()
      const name = uniqueName('nowhere')
      expect(await check(store, { ...table, table: name.split('.')[1]! })).toEqual([
        'TABLE_MISSING the table does not exist',
      ])
      expect(await check(store, { ...table, keyspace: 'no_such_keyspace' })).toEqual([
        'TABLE_MISSING the keyspace does not exist',
      ])
    },
  },
  {
    title: 'works with names that need quotes',
    async run({ expect, store, uniqueName, createTable }) {
      const table = cassandraTable(uniqueName('Quoted'), {
        columns: { Name: text(), order: timestamp(), select: int() },
        partitionKey: ['Name'],
        clusteringKey: ['order'],
      })
      await createTable(table)
      const sink = store.sink(table, sinkOptions)
      await sink.open()
      expect(await sink.check()).toEqual([])
      const writer = sink.writer({ onRejected: () => {} })
      writer.write({ Name: 'Ann', order: 5, select: 1 }, 1, { topic: 't', partition: 0, offset: 0 })
      await writer.flush()
      const reader = store.reader(table)
      expect(await reader.rows({ partition: { Name: 'Ann' }, columns: ['select', 'order'] })).toEqual([
        { select: 1, order: new Date(5) },
      ])
      expect(await reader.aggregate({ partition: { Name: 'Ann' }, function: 'max', column: 'select' })).toBe(1)
    },
  },
]

async function check(store: TableCaseContext['store'], table: TableSpec): Promise<readonly string[]> {
  const sink = store.sink(table, sinkOptions)
  await sink.open()
  const faults = await sink.check()
  return faults.map(({ code, what }) => `${code} ${what}`).sort()
}
