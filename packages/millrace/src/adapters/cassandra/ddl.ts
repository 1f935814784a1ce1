import type { TableSpec } from '../../ports/index.ts'
import { identifier } from './identifier.ts'

export interface CreateOptions {
  /** Default true. */
  readonly ifNotExists?: boolean
}

export interface CreateKeyspaceOptions extends CreateOptions {
  /** Copies of every row, per data centre; a number stands for one data centre and SimpleStrategy. Default 1. */
  readonly replication?: number | Readonly<Record<string, number>>
}

/** The CREATE TABLE statement of a declared table, without a semicolon. */
export function createTableCql(table: TableSpec, { ifNotExists = true }: CreateOptions = {}): string {
  const columns = Object.entries(table.columns).map(([name, { cqlType }]) => `  ${identifier(name)} ${cqlType},\n`)
  const partition = table.partitionKey.map(identifier).join(', ')
  const key = [`(${partition})`, ...table.clusteringKey.map(identifier)].join(', ')
  return `CREATE TABLE ${ifNotExists ? 'IF NOT EXISTS ' : ''}${qualifiedName(table)} (\n${columns.join('')}  PRIMARY KEY (${key})\n)`
}

/** The CREATE KEYSPACE statement, without a semicolon. */
export function createKeyspaceCql(keyspace: string, options: CreateKeyspaceOptions = {}): string {
  const { ifNotExists = true, replication = 1 } = options
  const strategy =
    typeof replication === 'number'
      ? `'class': 'SimpleStrategy', 'replication_factor': ${replication}`
      : [`'class': 'NetworkTopologyStrategy'`, ...Object.entries(replication).map(dataCenter)].join(', ')
  return `CREATE KEYSPACE ${ifNotExists ? 'IF NOT EXISTS ' : ''}${identifier(keyspace)} WITH replication = { ${strategy} }`
}

/** `keyspace.table` as it is written in CQL. */
export function qualifiedName(table: Pick<TableSpec, 'keyspace' | 'table'>): string {
  return `${identifier(table.keyspace)}.${identifier(table.table)}`
}

function dataCenter([name, copies]: readonly [string, number]): string {
  return `'${name.replaceAll("'", "''")}': ${copies}`
}
