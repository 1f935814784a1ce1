import type driver from 'cassandra-driver'
import { messageOf, StreamsError, type StartupFault } from '../../errors/index.ts'
import type { TableSpec } from '../../ports/index.ts'
import { createKeyspaceCql, createTableCql, qualifiedName } from './ddl.ts'
import { identifier } from './identifier.ts'

interface RealColumn {
  readonly name: string
  readonly kind: 'partition_key' | 'clustering' | 'regular' | 'static'
  readonly position: number
  readonly type: string
  readonly order: string
}

/** Compares a declared table with the real one: every difference; columns that are not declared are fine. */
export async function checkTable(client: driver.Client, table: TableSpec): Promise<readonly StartupFault[]> {
  const keyspaces = await ask(
    client,
    table,
    'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?',
    [table.keyspace],
  )
  if (keyspaces.length === 0) {
    const hint = `Create both: ${createKeyspaceCql(table.keyspace)}; ${onOneLine(createTableCql(table))}.`
    return [fault(table, 'TABLE_MISSING', 'the keyspace does not exist', hint)]
  }
  const columns = await realColumns(client, table)
  if (columns.size === 0) {
    return [
      fault(table, 'TABLE_MISSING', 'the table does not exist', `Create it: ${onOneLine(createTableCql(table))}.`),
    ]
  }
  return [
    ...Object.keys(table.columns).flatMap((name) => columnFaults(table, name, columns.get(name))),
    ...keyFaults(table, 'partition key', table.partitionKey, keyOf(columns, 'partition_key')),
    ...keyFaults(table, 'clustering key', table.clusteringKey, keyOf(columns, 'clustering')),
    ...orderFaults(table, columns),
  ]
}

async function realColumns(client: driver.Client, table: TableSpec): Promise<ReadonlyMap<string, RealColumn>> {
  const rows = await ask(
    client,
    table,
    'SELECT column_name, kind, position, type, clustering_order FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?',
    [table.keyspace, table.table],
  )
  const columns = rows.map((row) => ({
    name: String(row['column_name']),
    kind: row['kind'] as RealColumn['kind'],
    position: Number(row['position']),
    type: String(row['type']),
    order: String(row['clustering_order']),
  }))
  return new Map(columns.map((column) => [column.name, column]))
}

function columnFaults(table: TableSpec, name: string, real: RealColumn | undefined): readonly StartupFault[] {
  const declared = table.columns[name]!.cqlType
  const isKey = [...table.partitionKey, ...table.clusteringKey].includes(name)
  if (real === undefined) {
    const hint = isKey
      ? 'A key cannot be changed: create a new table, or declare the key that is there.'
      : `Add it: ALTER TABLE ${qualifiedName(table)} ADD ${identifier(name)} ${declared}.`
    return [fault(table, 'TABLE_DIFFERS', `column ${name} is missing`, hint)]
  }
  const faults: StartupFault[] = []
  if (real.type !== declared) {
    const what = `column ${name} is ${real.type}, declared as ${declared}`
    faults.push(
      fault(
        table,
        'TABLE_DIFFERS',
        what,
        'A type cannot be changed: declare the one that is there, or use another column.',
      ),
    )
  }
  if (real.kind === 'static') {
    const what = `column ${name} is static: one value for a whole partition`
    faults.push(fault(table, 'TABLE_DIFFERS', what, 'Use another column; static ones cannot be declared.'))
  }
  return faults
}

function keyFaults(
  table: TableSpec,
  key: string,
  declared: readonly string[],
  real: readonly string[],
): readonly StartupFault[] {
  if (declared.length === real.length && declared.every((name, index) => name === real[index])) return []
  const what = `the ${key} is (${real.join(', ')}), declared as (${declared.join(', ')})`
  return [
    fault(
      table,
      'TABLE_DIFFERS',
      what,
      'A key cannot be changed: create a new table, or declare the key that is there.',
    ),
  ]
}

function orderFaults(table: TableSpec, columns: ReadonlyMap<string, RealColumn>): readonly StartupFault[] {
  return table.clusteringKey
    .filter((name) => columns.get(name)?.kind === 'clustering' && columns.get(name)?.order === 'desc')
    .map((name) =>
      fault(
        table,
        'TABLE_DIFFERS',
        `clustering column ${name} is in descending order, declared tables are in ascending order`,
        'The order cannot be changed: create a new table without CLUSTERING ORDER BY … DESC.',
      ),
    )
}

function keyOf(columns: ReadonlyMap<string, RealColumn>, kind: RealColumn['kind']): readonly string[] {
  return [...columns.values()]
    .filter((column) => column.kind === kind)
    .sort((left, right) => left.position - right.position)
    .map(({ name }) => name)
}

async function ask(
  client: driver.Client,
  table: TableSpec,
  query: string,
  params: readonly unknown[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  try {
    const { rows } = await client.execute(query, [...params], { prepare: true })
    return rows
  } catch (error) {
    throw new StreamsError({
      code: 'QUERY_FAILED',
      what: `Cannot read the schema: ${messageOf(error)}`,
      hint: 'Check that the nodes answer and that this user may read system_schema.',
      table: `${table.keyspace}.${table.table}`,
      cause: error,
    })
  }
}

function fault(table: TableSpec, code: StartupFault['code'], what: string, hint: string): StartupFault {
  return { code, where: `table ${table.keyspace}.${table.table}`, what, hint }
}

function onOneLine(cql: string): string {
  return cql.replaceAll(/\s*\n\s*/g, ' ')
}
