import { StreamsError } from '../../errors/index.ts'
import type { Columns, TableSpec } from '../../ports/index.ts'

export type { ColumnName, NumericColumn, PartitionOf, RowOf, WriteRow } from '../../ports/index.ts'

/**
 * Declares a Cassandra table: `keyspace.table`, its columns and its primary key. A plain value; throws
 * TOPOLOGY_INVALID for a definition that Cassandra would not take. Rows of a partition are in ascending order of the
 * clustering key.
 *
 * ```ts
 * const ratings = cassandraTable('films.ratings', {
 *   columns: { name: text(), at: timestamp(), movie: text(), rating: int() },
 *   partitionKey: ['name'],
 *   clusteringKey: ['at', 'movie'],
 * })
 * ```
 */
export function cassandraTable<
  const C extends Columns,
  const P extends keyof C & string,
  const K extends Exclude<keyof C & string, P> = never,
>(
  name: string,
  definition: {
    readonly columns: C
    readonly partitionKey: readonly [P, ...P[]]
    readonly clusteringKey?: readonly K[]
  },
): TableSpec<C, P, K> {
  const { columns, partitionKey, clusteringKey = [] } = definition
  const fault = nameFault(name) ?? columnsFault(columns) ?? keyFault(columns, partitionKey, clusteringKey)
  if (fault !== undefined) {
    throw new StreamsError({ code: 'TOPOLOGY_INVALID', ...fault, what: `cassandraTable('${name}') ${fault.what}` })
  }
  const [keyspace = '', table = ''] = name.split('.')
  return Object.freeze({
    kind: 'cassandra-table' as const,
    keyspace,
    table,
    columns: Object.freeze({ ...columns }),
    partitionKey: Object.freeze([...partitionKey]),
    clusteringKey: Object.freeze([...clusteringKey]),
  })
}

interface Fault {
  readonly what: string
  readonly hint: string
}

const tableName = /^[A-Za-z]\w{0,47}$/
const columnName = /^[A-Za-z]\w*$/

function nameFault(name: string): Fault | undefined {
  const parts = name.split('.')
  if (parts.length === 2 && parts.every((part) => tableName.test(part))) return undefined
  return {
    what: 'has a name that is not keyspace.table',
    hint: 'Write both; each is a letter, then up to 47 letters, digits or underscores.',
  }
}

function columnsFault(columns: Columns): Fault | undefined {
  const wrong = Object.keys(columns).filter((name) => !columnName.test(name))
  if (wrong.length > 0) {
    return {
      what: `has a column whose name Cassandra does not take: ${wrong.map((name) => `'${name}'`).join(', ')}`,
      hint: 'A column name is a letter, then letters, digits or underscores.',
    }
  }
  const untyped = Object.keys(columns).filter((name) => typeof columns[name]?.encode !== 'function')
  if (untyped.length === 0) return undefined
  return {
    what: `has a column without a type: ${untyped.map((name) => `'${name}'`).join(', ')}`,
    hint: 'Make columns with text(), int(), timestamp() and the like.',
  }
}

function keyFault(
  columns: Columns,
  partitionKey: readonly string[],
  clusteringKey: readonly string[],
): Fault | undefined {
  if (partitionKey.length === 0) {
    return { what: 'has no partition key', hint: 'Name at least one column in partitionKey.' }
  }
  const key = [...partitionKey, ...clusteringKey]
  const unknown = key.filter((name) => !Object.hasOwn(columns, name))
  if (unknown.length > 0) {
    return {
      what: `has a key of columns that do not exist: ${unknown.map((name) => `'${name}'`).join(', ')}`,
      hint: `The columns are ${Object.keys(columns).join(', ')}.`,
    }
  }
  const twice = key.filter((name, index) => key.indexOf(name) !== index)
  if (twice.length === 0) return undefined
  return {
    what: `names a column twice in its key: ${twice.map((name) => `'${name}'`).join(', ')}`,
    hint: 'A column stands once, in partitionKey or in clusteringKey.',
  }
}
