import { randomUUID } from 'node:crypto'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { findFreePorts } from '../../../local-services/src/index.ts'
import {
  cassandraTable,
  connectTransport,
  int,
  run,
  StartupError,
  text,
  topology,
  type Topology,
} from '../../src/index.ts'
import { cassandraAddress, plainClient } from './cassandra-server.ts'
import { kafkaAddresses, quietLogger } from './kafkajs-servers.ts'

const kafka = kafkaAddresses(inject)
const cassandra = cassandraAddress(inject)
const skipped = kafka.skipped ?? cassandra.skipped

const table = cassandraTable('millrace_start.ratings', {
  columns: { name: text(), number: int(), rating: int(), note: text() },
  partitionKey: ['name'],
  clusteringKey: ['number'],
})

function ratingsTo(topic: string): Topology {
  return topology(`start-${randomUUID()}`, (t) => {
    t.source(topic)
      .parse(z.object({ name: z.string(), number: z.int(), rating: z.int(), note: z.string() }))
      .sinkCassandra(table)
  })
}

async function startFaults(starting: Promise<unknown>): Promise<readonly string[]> {
  const error = await starting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(StartupError)
  const { faults, message } = error as StartupError
  for (const fault of faults) expect(message).toContain(fault.what)
  return faults.map(({ code, where, what }) => `${code} ${where}: ${what}`)
}

it('names every server that does not answer, after a bounded time', async () => {
  const [kafkaPort, cassandraPort] = await findFreePorts('127.0.0.1', 2)
  const starting = run(ratingsTo('ratings'), {
    kafka: { brokers: [`127.0.0.1:${kafkaPort}`], connectTimeoutMs: 2_000 },
    cassandra: {
      contactPoints: [`127.0.0.1:${cassandraPort}`],
      localDataCenter: 'datacenter1',
      connectTimeoutMs: 2_000,
    },
    signals: false,
    logger: quietLogger(),
  })
  const faults = await startFaults(starting)
  expect(faults).toEqual([
    expect.stringMatching(new RegExp(`^TRANSPORT_UNREACHABLE .*127\\.0\\.0\\.1:${kafkaPort}`)),
    expect.stringMatching(new RegExp(`^SINK_UNREACHABLE .*127\\.0\\.0\\.1:${cassandraPort}`)),
  ])
}, 15_000)

describe.skipIf(skipped !== undefined)(`a start on real servers${skipped ? ` [skipped: ${skipped}]` : ''}`, () => {
  it('lists a missing topic and each difference of a table in one error', async () => {
    const client = plainClient(cassandra)
    onTestFinished(() => client.shutdown())
    await client.execute(
      `CREATE KEYSPACE IF NOT EXISTS millrace_start WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    )
    await client.execute('DROP TABLE IF EXISTS millrace_start.ratings')
    // `number` is not part of the key, `rating` has another type, `note` is missing
    await client.execute('CREATE TABLE millrace_start.ratings (name text PRIMARY KEY, number int, rating text)')
    const topic = `not-there-${randomUUID()}`
    const faults = await startFaults(run(ratingsTo(topic), { kafka, cassandra, signals: false, logger: quietLogger() }))
    const all = faults.join('\n')
    expect(all).toContain(topic)
    for (const name of ['number', 'rating', 'note']) expect(all).toContain(name)
    expect(faults.length).toBeGreaterThanOrEqual(4)
  })

  it('names the table when it is missing', async () => {
    const client = plainClient(cassandra)
    onTestFinished(() => client.shutdown())
    await client.execute('DROP TABLE IF EXISTS millrace_start.ratings').catch(() => {})
    const transport = await connectTransport({ kafka, logger: quietLogger() })
    onTestFinished(() => transport.close())
    const topic = `start-${randomUUID()}`
    await transport.admin.createTopics([{ topic, partitions: 1 }])
    const faults = await startFaults(run(ratingsTo(topic), { kafka, cassandra, signals: false, logger: quietLogger() }))
    expect(faults).toEqual([expect.stringMatching(/^TABLE_MISSING .*millrace_start\.ratings/)])
  })
})
