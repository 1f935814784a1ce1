import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  bigint,
  blob,
  boolean,
  double,
  float,
  int,
  smallint,
  text,
  timestamp,
  tinyint,
  uuid,
} from '../../src/adapters/cassandra/columns.ts'
import { createCassandraTableStore } from '../../src/adapters/cassandra/index.ts'
import { cassandraTable } from '../../src/adapters/cassandra/table.ts'
import { createEmbeddedTableStore } from '../../src/adapters/embedded/embedded-table-store.ts'
import type { TableSpec, TableStore } from '../../src/ports/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { sinkOptions } from '../../src/testing/conformance/table/table-case.ts'
import { tableSuite } from '../../src/testing/conformance/table/table-suite.ts'
import { cassandraAddress, createTable, plainClient } from './cassandra-server.ts'
import { quietLogger } from './kafkajs-servers.ts'

const address = cassandraAddress(inject)
const keyspace = 'millrace_suite'
const run = randomUUID().slice(0, 8)
let lastName = 0

const uniqueName = (prefix: string): string => `${keyspace}.${prefix}_${run}_${++lastName}`

function openStore(): TableStore {
  return createCassandraTableStore(address, { clock: systemClock, logger: quietLogger() })
}

describe.skipIf(address.skipped !== undefined)(
  `cassandra tables${address.skipped === undefined ? '' : ` (skipped: ${address.skipped})`}`,
  () => {
    const client = plainClient(address)
    beforeAll(() => client.connect())
    afterAll(() => client.shutdown())

    tableSuite(
      'cassandra',
      {
        create: async () => ({
          store: openStore(),
          uniqueName,
          createTable: (table) => createTable(client, table),
          dispose: async () => {},
        }),
        unreachable: () =>
          createCassandraTableStore(
            { contactPoints: ['127.0.0.1:1'], localDataCenter: 'datacenter1' },
            { clock: systemClock, logger: quietLogger() },
          ),
      },
      { describe, it, expect },
    )

    it('reports columns in descending order and static ones', async () => {
      const table = cassandraTable(uniqueName('odd'), {
        columns: { name: text(), at: timestamp(), note: text() },
        partitionKey: ['name'],
        clusteringKey: ['at'],
      })
      await client.execute(
        `CREATE TABLE ${table.keyspace}.${table.table} (name text, at timestamp, note text static, PRIMARY KEY (name, at)) WITH CLUSTERING ORDER BY (at DESC)`,
      )
      const store = openStore()
      const sink = store.sink(table, sinkOptions)
      expect((await sink.check()).map(({ what }) => what)).toEqual([
        'column note is static: one value for a whole partition',
        'clustering column at is in descending order, declared tables are in ascending order',
      ])
      await store.close()
    })

    it('keeps every column type and its order as the embedded table does', async () => {
      const stores = [openStore(), createEmbeddedTableStore()]
      const answers = await Promise.all(
        (
          ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'boolean', 'timestamp', 'uuid', 'blob'] as const
        ).map(async (type) => {
          const table = typedTable(type)
          await createTable(client, table)
          return Promise.all(stores.map((store) => writeAndRead(store, table, values[type])))
        }),
      )
      for (const [cassandra, embedded] of answers) expect(cassandra).toEqual(embedded)
      await Promise.all(stores.map((store) => store.close()))
    })

    it('lets rows expire', async () => {
      const table = typedTable('int')
      await createTable(client, table)
      const store = openStore()
      const sink = store.sink(table, { ...sinkOptions, ttlSeconds: 500 })
      await sink.open()
      const writer = sink.writer({ onRejected: () => {} })
      writer.write({ id: 'a', key: 1, value: 1 }, 1, origin)
      await writer.flush()
      const { rows } = await client.execute(`SELECT ttl(value) AS left FROM ${table.keyspace}.${table.table}`)
      expect(rows[0]!['left']).toBeGreaterThan(400)
      await store.close()
    })

    it('hands rows to the listener when a column is dropped while the statement is prepared', async () => {
      const table = typedTable('int')
      await createTable(client, table)
      const store = openStore()
      const sink = store.sink(table, sinkOptions)
      await sink.open()
      const rejected: string[] = []
      const writer = sink.writer({ onRejected: (_row, { offset }, error) => rejected.push(`${offset} ${error.code}`) })
      writer.write({ id: 'a', key: 1, value: 1 }, 1, origin)
      await writer.flush()
      await client.execute(`ALTER TABLE ${table.keyspace}.${table.table} DROP value`)
      for (let offset = 1; offset <= 3; offset++)
        writer.write({ id: 'a', key: offset, value: 1 }, 2, { ...origin, offset })
      await writer.flush()
      expect(rejected).toEqual(['1 SINK_WRITE_FAILED', '2 SINK_WRITE_FAILED', '3 SINK_WRITE_FAILED'])
      expect(writer.pendingRows).toBe(0)
      await store.close()
    })
  },
)

const origin = { topic: 't', partition: 0, offset: 0 }

const factories = { tinyint, smallint, int, bigint, float, double, boolean, timestamp, uuid, blob }

const values = {
  tinyint: [-128, 127, 0],
  smallint: [-32_768, 32_767, 0],
  int: [-(2 ** 31), 2 ** 31 - 1, 0, -1],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 5],
  float: [0.1, -2.5, 3e38, 0],
  double: [0.1, -2.5, 1e300, 0],
  boolean: [true, false],
  timestamp: [0, -1, Date.UTC(2025, 2, 27), new Date(5)],
  uuid: [
    'ffffffff-0000-1000-8000-000000000000',
    '00000000-0000-4000-8000-000000000000',
    '00000001-0000-1000-8000-000000000000',
    '5F0C1E4E-0B4B-4C57-9B51-4AD7A1A6C0DE',
  ],
  blob: [Buffer.from([255]), Buffer.from([0, 1]), new Uint8Array([0]), Buffer.from([127, 255])],
} as const

function typedTable(type: keyof typeof factories): TableSpec {
  return cassandraTable(uniqueName(type), {
    columns: { id: text(), key: factories[type](), value: factories[type]() },
    partitionKey: ['id'],
    clusteringKey: ['key'],
  })
}

async function writeAndRead(store: TableStore, table: TableSpec, written: readonly unknown[]): Promise<unknown> {
  const sink = store.sink(table, sinkOptions)
  await sink.open()
  const writer = sink.writer({ onRejected: (_row, _origin, error) => expect.fail(error.message) })
  for (const value of written) writer.write({ id: 'a', key: value, value }, 1, origin)
  await writer.flush()
  return store.reader(table).rows({ partition: { id: 'a' }, columns: ['key', 'value'] })
}
