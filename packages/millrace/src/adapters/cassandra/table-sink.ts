import type { StartupFault } from '../../errors/index.ts'
import type { Clock, Sink, SinkListener, SinkWriter, TableSinkOptions, TableSpec } from '../../ports/index.ts'
import type driver from 'cassandra-driver'
import { closedError, type CassandraConnection } from './connection.ts'
import { insertCql, insertTypes } from './insert-statement.ts'
import type { Outage } from './outage.ts'
import type { RequestLimit } from './request-limit.ts'
import { replicationFactor } from './replication.ts'
import { RowLayout } from './row-layout.ts'
import { checkTable } from './table-check.ts'
import { TableWriter } from './table-writer.ts'
import { WriteRequests } from './write-requests.ts'

export interface SinkContext {
  readonly connection: CassandraConnection
  readonly localDataCenter: string
  readonly limit: RequestLimit
  readonly outage: Outage
  readonly clock: Clock
}

/** Writes to one declared table; tasks share it. */
export class CassandraTableSink implements Sink {
  readonly #table: TableSpec
  readonly #options: TableSinkOptions
  readonly #context: SinkContext
  readonly #insert: string
  readonly #requests: WriteRequests
  readonly #writers = new Set<TableWriter>()
  #client: driver.Client | undefined

  constructor(table: TableSpec, options: TableSinkOptions, context: SinkContext) {
    this.#table = table
    this.#options = options
    this.#context = context
    this.#insert = insertCql(table, options)
    this.#requests = new WriteRequests({
      ...context,
      table: `${table.keyspace}.${table.table}`,
      types: insertTypes(table, options),
      client: () => this.#opened(),
    })
  }

  async open(): Promise<void> {
    const client = await this.#context.connection.client()
    this.#client = client
    const copies = await replicationFactor(client, this.#table.keyspace, this.#context.localDataCenter)
    // ten is where servers begin to warn
    if (copies >= client.hosts.length) this.#requests.maxPartitions = 10
  }

  async check(): Promise<readonly StartupFault[]> {
    return checkTable(await this.#context.connection.client(), this.#table)
  }

  writer(listener: SinkListener): SinkWriter {
    this.#opened()
    const writer = new TableWriter({
      insert: this.#insert,
      layout: new RowLayout(this.#table, this.#options),
      options: this.#options,
      listener,
      requests: this.#requests,
      clock: this.#context.clock,
      onAbort: (aborted) => this.#writers.delete(aborted),
    })
    this.#writers.add(writer)
    return writer
  }

  async close(): Promise<void> {
    for (const writer of this.#writers) writer.abort()
    this.#client = undefined
  }

  #opened(): driver.Client {
    if (this.#client === undefined) throw closedError()
    return this.#client
  }
}
