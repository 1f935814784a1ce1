import type { TableSinkOptions, TableSpec } from '../../ports/index.ts'
import { qualifiedName } from './ddl.ts'
import { identifier } from './identifier.ts'

/** The columns of a table in the order in which rows are kept: partition key, clustering key, the rest. */
export function columnOrder(table: TableSpec): readonly string[] {
  const key: readonly string[] = [...table.partitionKey, ...table.clusteringKey]
  return [...key, ...Object.keys(table.columns).filter((name) => !key.includes(name))]
}

/** One text per table and options: the driver caches prepared statements by their text. */
export function insertCql(table: TableSpec, options: TableSinkOptions): string {
  const names = columnOrder(table)
  const using = [
    ...(options.ttlSeconds === undefined ? [] : [`TTL ${options.ttlSeconds}`]),
    ...(options.writeTime === 'none' ? [] : ['TIMESTAMP ?']),
  ]
  const insert = `INSERT INTO ${qualifiedName(table)} (${names.map(identifier).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  return using.length === 0 ? insert : `${insert} USING ${using.join(' AND ')}`
}

/** The types of the INSERT's parameters. */
export function insertTypes(table: TableSpec, { writeTime }: TableSinkOptions): readonly string[] {
  const types = columnOrder(table).map((name) => table.columns[name]!.cqlType)
  return writeTime === 'none' ? types : [...types, 'bigint']
}
