import { createKeyspaceCql, createTableCql } from '../adapters/cassandra/ddl.ts'
import type { DescribeFormat, Topology } from '../dsl/index.ts'
import type { TableSpec } from '../ports/index.ts'

/** `millrace describe`: what each topology does, in one of the formats. */
export function describeCommand(topologies: Iterable<Topology>, format: DescribeFormat): string {
  const unique = new Set([...topologies].map((topology) => topology.describe(format)))
  return [...unique].join('\n')
}

/** `millrace explain`: what each operation does to keys, partitions and state. */
export function explainCommand(topologies: Iterable<Topology>): string {
  const unique = new Set([...topologies].map((topology) => topology.explain()))
  return [...unique].join('\n')
}

/** `millrace ddl`: the CQL that creates the tables which the topologies write. */
export function ddlCommand(topologies: Iterable<Topology>): string {
  const tables = new Map<string, TableSpec>()
  for (const topology of topologies) {
    for (const node of topology.plan.nodes) {
      if (node.kind === 'table-sink') tables.set(`${node.table.keyspace}.${node.table.table}`, node.table)
    }
  }
  if (tables.size === 0) return '-- no topology of this module writes a table\n'
  const keyspaces = new Set([...tables.values()].map((table) => table.keyspace))
  const statements = [
    ...[...keyspaces].map((keyspace) => createKeyspaceCql(keyspace)),
    ...[...tables.values()].map((table) => createTableCql(table, { ifNotExists: true })),
  ]
  return `${statements.map((statement) => (statement.trimEnd().endsWith(';') ? statement : `${statement};`)).join('\n\n')}\n`
}
