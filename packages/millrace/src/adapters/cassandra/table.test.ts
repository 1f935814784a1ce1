import { describe, expect, it } from 'vitest'
import { int, text, timestamp } from './columns.ts'
import { createKeyspaceCql, createTableCql } from './ddl.ts'
import { cassandraTable } from './table.ts'

const columns = { name: text(), at: timestamp(), rating: int() }

/** A definition as plain JavaScript may write it. */
function define(name: string, definition: object): unknown {
  return cassandraTable(name, definition as Parameters<typeof cassandraTable>[1])
}

describe('cassandraTable', () => {
  it('is a frozen plain value', () => {
    const table = cassandraTable('films.ratings', { columns, partitionKey: ['name'], clusteringKey: ['at'] })
    expect(table).toMatchObject({ keyspace: 'films', table: 'ratings', partitionKey: ['name'], clusteringKey: ['at'] })
    expect([table, table.columns, table.partitionKey, table.clusteringKey].every((part) => Object.isFrozen(part))).toBe(
      true,
    )
  })

  it.each([
    ['ratings', { columns, partitionKey: ['name'] }, 'a name that is not keyspace.table'],
    ['films.1st', { columns, partitionKey: ['name'] }, 'a name that is not keyspace.table'],
    ['films.ratings', { columns: { 'a b': text() }, partitionKey: ['a b'] }, "Cassandra does not take: 'a b'"],
    ['films.ratings', { columns: { name: 'text' }, partitionKey: ['name'] }, "a column without a type: 'name'"],
    ['films.ratings', { columns, partitionKey: [] }, 'no partition key'],
    ['films.ratings', { columns, partitionKey: ['name', 'nobody'] }, "columns that do not exist: 'nobody'"],
    [
      'films.ratings',
      { columns, partitionKey: ['name'], clusteringKey: ['name'] },
      "a column twice in its key: 'name'",
    ],
  ])('refuses %s with %o', (name, definition, what) => {
    expect(() => define(name, definition)).toThrow(what)
    expect(() => define(name, definition)).toThrow(expect.objectContaining({ code: 'TOPOLOGY_INVALID' }))
  })
})

describe('DDL', () => {
  it('creates the table of the original system', () => {
    const table = cassandraTable('netflix_ks.movie_ratings', {
      columns: { name: text(), hour_bucket: text(), timestamp: timestamp(), movie: text(), rating: int() },
      partitionKey: ['name', 'hour_bucket'],
      clusteringKey: ['timestamp', 'movie'],
    })
    expect(createTableCql(table)).toMatchInlineSnapshot(`
      "CREATE TABLE IF NOT EXISTS netflix_ks.movie_ratings (
        name text,
        hour_bucket text,
        timestamp timestamp,
        movie text,
        rating int,
        PRIMARY KEY ((name, hour_bucket), timestamp, movie)
      )"
    `)
  })

  it('quotes names where CQL would read them otherwise, and only there', () => {
    const table = cassandraTable('films.Ratings', {
      columns: { Name: text(), order: text(), key: text() },
      partitionKey: ['Name'],
    })
    expect(createTableCql(table, { ifNotExists: false })).toMatchInlineSnapshot(`
      "CREATE TABLE films."Ratings" (
        "Name" text,
        "order" text,
        key text,
        PRIMARY KEY (("Name"))
      )"
    `)
  })

  it('creates keyspaces of one and of several data centres', () => {
    expect(createKeyspaceCql('films')).toBe(
      "CREATE KEYSPACE IF NOT EXISTS films WITH replication = { 'class': 'SimpleStrategy', 'replication_factor': 1 }",
    )
    expect(createKeyspaceCql('films', { ifNotExists: false, replication: { north: 3, south: 2 } })).toBe(
      "CREATE KEYSPACE films WITH replication = { 'class': 'NetworkTopologyStrategy', 'north': 3, 'south': 2 }",
    )
  })
})
