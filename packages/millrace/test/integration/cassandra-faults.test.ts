import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCassandra, type CassandraServer } from '../../../local-services/src/index.ts'
import { int, text } from '../../src/adapters/cassandra/columns.ts'
import { createCassandraTableStore } from '../../src/adapters/cassandra/index.ts'
import { cassandraTable } from '../../src/adapters/cassandra/table.ts'
import type { TableStore } from '../../src/ports/index.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { cassandraAddress, createTable, plainClient } from './cassandra-server.ts'
import { quietLogger, type LogLine } from './kafkajs-servers.ts'

const { skipped } = cassandraAddress(inject)
const rowCount = 20_000

const table = cassandraTable('millrace_faults.ratings', {
  columns: { name: text(), number: int(), rating: int(), note: text() },
  partitionKey: ['name'],
  clusteringKey: ['number'],
})

describe.skipIf(skipped !== undefined)(
  `cassandra faults${skipped === undefined ? '' : ` (skipped: ${skipped})`}`,
  () => {
    let server: CassandraServer
    let store: TableStore
    const lines: LogLine[] = []

    beforeAll(async () => {
      server = await startCassandra({ ephemeral: true, providers: ['docker', 'jvm'] })
      const client = plainClient(server)
      await createTable(client, table)
      await client.shutdown()
      const { contactPoints, localDataCenter } = server
      const options = { contactPoints, localDataCenter, requestTimeoutMs: 3_000 }
      store = createCassandraTableStore(options, { clock: systemClock, logger: quietLogger(lines) })
    })
    afterAll(async () => {
      await store?.close()
      await server?.dispose()
    })

    it('loses nothing when the node is stopped and started again during a flush', async () => {
      const written = await writesThrough('stopped', async (started) => {
        await started
        await server.stop()
        await server.restart()
      })
      expect(written).toBe(rowCount)
    })

    it('loses nothing when the node is killed during a flush', async () => {
      const written = await writesThrough('killed', async (started) => {
        await started
        await server.kill()
        await server.restart()
      })
      expect(written).toBe(rowCount)
    })

    it('loses nothing when the node freezes for 15 s', async () => {
      const written = await writesThrough('frozen', async (started) => {
        await started
        await server.pause()
        await new Promise<void>((resolve) => {
          systemClock.schedule(15_000, resolve)
        })
        await server.resume()
      })
      expect(written).toBe(rowCount)
    })

    it('says once per outage that writes fail, and once that they succeed again', () => {
      const said = lines.filter(({ level }) => level === 'warn' || level === 'info').map(({ level }) => level)
      expect(said.length).toBeGreaterThanOrEqual(4)
      expect(said.filter((_, index) => index % 2 === 0).every((level) => level === 'warn')).toBe(true)
      expect(said.filter((_, index) => index % 2 === 1).every((level) => level === 'info')).toBe(true)
      expect(said.length).toBeLessThan(20)
    })

    /** Writes rows with a fault in the middle; all of them are there when flush resolves, and memory stayed bounded. */
    async function writesThrough(name: string, fault: (started: Promise<void>) => Promise<void>): Promise<number> {
      const sink = store.sink(table, { everyMs: 100, maxRows: 1_000, maxBytes: 1024 * 1024, writeTime: 'record' })
      await sink.open()
      const writer = sink.writer({
        onRejected: (_row, _origin, error) => {
          throw error
        },
      })
      let start = (): void => {}
      const faulty = fault(
        new Promise((resolve) => {
          start = resolve
        }),
      )
      let mostPending = 0
      for (let number = 0; number < rowCount; number++) {
        writer.write(row(name, number), number, { topic: 't', partition: 0, offset: number })
        mostPending = Math.max(mostPending, writer.pendingRows)
        if (writer.stats.writtenRows > rowCount / 4) start()
        if (writer.isFull) await writer.drained()
      }
      await writer.flush()
      await faulty
      expect(writer.stats).toMatchObject({ writtenRows: rowCount, rejectedRows: 0 })
      expect(mostPending).toBeLessThanOrEqual(4_000)
      await sink.close()
      return rowsOf(name)
    }

    async function rowsOf(name: string): Promise<number> {
      const reader = store.reader(table)
      const counts = await Promise.all(
        Array.from({ length: 200 }, (_, part) =>
          reader.aggregate({ partition: { name: `${name} ${part}` }, function: 'count', column: 'rating' }),
        ),
      )
      return counts.reduce((sum, count) => sum + count, 0)
    }
  },
)

function row(name: string, number: number): object {
  return { name: `${name} ${number % 200}`, number, rating: number % 10, note: 'n'.repeat(50) }
}
