import { describe, expect, it } from 'vitest'
import { text, timestamp } from './columns.ts'
import { PartitionRows, settle } from './partition-rows.ts'
import type { PendingRow } from './pending-row.ts'
import { RowLayout } from './row-layout.ts'
import { cassandraTable } from './table.ts'

const table = cassandraTable('films.ratings', {
  columns: { name: text(), at: timestamp(), movie: text(), note: text() },
  partitionKey: ['name'],
  clusteringKey: ['at', 'movie'],
})
const layout = new RowLayout(table, { everyMs: 1, maxRows: 1, maxBytes: 1, writeTime: 'record' })

function row(at: number, movie: string, writeTime = 0, note?: string | null): PendingRow {
  const params = layout.encode({ name: 'Ann', at, movie, note }, writeTime)
  const origin = { topic: 't', partition: 0, offset: 0 }
  return { query: '', params, writeTime, bytes: 10, row: {}, origin, epoch: { pending: 0, waiting: [] } }
}

describe('PartitionRows', () => {
  it('finds a waiting row of the same primary key among few and among many', () => {
    for (const count of [1, 3, 50]) {
      const rows = new PartitionRows('Ann', layout)
      const all = Array.from({ length: count }, (_, index) => row(index % 5, `film ${index}`))
      for (const one of all) rows.add(one)
      for (const one of all) expect(rows.find([...one.params])).toBe(one)
      expect(rows.find(row(0, 'another').params)).toBeUndefined()
      expect(rows.find(row(99, 'film 0').params)).toBeUndefined()
    }
  })

  it('does not find rows that were taken', () => {
    const rows = new PartitionRows('Ann', layout)
    for (let index = 0; index < 30; index++) rows.add(row(index, 'film'))
    expect(rows.take(10, 1_000_000)).toHaveLength(10)
    expect(rows.find(row(9, 'film').params)).toBeUndefined()
    expect(rows.find(row(10, 'film').params)).toBeDefined()
    expect(rows).toHaveLength(20)
  })

  it('takes at least one row, else within both bounds', () => {
    const rows = new PartitionRows('Ann', layout)
    for (let index = 0; index < 10; index++) rows.add(row(index, 'film'))
    expect(rows.take(100, 5)).toHaveLength(1)
    expect(rows.take(100, 35)).toHaveLength(3)
    expect(rows.take(2, 1_000)).toHaveLength(2)
    expect(rows.take(100, 1_000)).toHaveLength(4)
    expect(rows).toHaveLength(0)
  })
})

describe('settle', () => {
  it('lets the later write time win where it sets every cell of the other', () => {
    expect(settle(row(1, 'a', 1, 'x'), row(1, 'a', 2, 'y'))).toBe('replaces')
    expect(settle(row(1, 'a', 1, 'x'), row(1, 'a', 2, null))).toBe('replaces')
    expect(settle(row(1, 'a', 2, 'x'), row(1, 'a', 1, 'y'))).toBe('needless')
  })

  it('keeps both where either would be missed', () => {
    expect(settle(row(1, 'a', 1, 'x'), row(1, 'a', 2))).toBe('both')
    expect(settle(row(1, 'a', 2), row(1, 'a', 1, 'y'))).toBe('both')
    expect(settle(row(1, 'a', 1, 'x'), row(1, 'a', 1, 'y'))).toBe('both')
  })
})
