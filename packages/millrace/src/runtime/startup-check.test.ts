import { describe, expect, it } from 'vitest'
import { cassandraTable, deadLetter, embedded, int, json, run, text, topology, type RunOptions } from '../index.ts'
import { StreamsError, type StartupFault } from '../errors/index.ts'
import type { LookupTableSpec, TableStore } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ScriptedTables } from '../testing/scripted-tables.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'

const options = { logger: silentLogger, signals: false }
const table = cassandraTable('ks.t', { columns: { name: text(), n: int() }, partitionKey: ['name'] })
const other = cassandraTable('ks.other', { columns: { name: text() }, partitionKey: ['name'] })

const fault = (where: string): StartupFault => ({ code: 'CSV_VALUE', where, what: 'not a number', hint: 'Mend it.' })
const badTable: LookupTableSpec<string, { readonly minutes: number }> = {
  kind: 'test',
  name: 'films',
  open: () => ({
    load: () => Promise.resolve([fault('films.csv:2'), fault('films.csv:7')]),
    get: () => [],
    size: 0,
    close: () => {},
  }),
}

/** Tables on a server that does not answer. */
class UnreachableTables extends ScriptedTables {
  override sink(): ReturnType<TableStore['sink']> {
    const unreachable = new StreamsError({
      code: 'SINK_UNREACHABLE',
      what: 'No node answers',
      hint: 'Start one.',
      address: '127.0.0.1:9042',
    })
    return { ...super.sink(), open: () => Promise.reject(unreachable) }
  }
}

const faulty = topology(
  'faulty',
  (t) => {
    const rows = t
      .source(['a', 'b'], { value: json<{ name: string; n: number }>() })
      .joinTable(badTable, { type: 'left', on: (value) => value.name })
    rows.sinkCassandra(table)
    rows.sinkCassandra(other)
    rows.to('missing-output', { onError: deadLetter('missing-letters') })
  },
  { onProcessError: deadLetter('missing-letters') },
)

describe('the start-up check', () => {
  it('lists every fault of topics, files and tables at once, each once, and closes what it opened', async () => {
    const transport = new ScriptedTransport({ a: 2, b: 3 })
    const tables = new UnreachableTables()
    const error = await run(faulty, { ...options, transport, tables }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STARTUP_CHECK_FAILED', name: 'StartupError' })
    const faults = (error as { readonly faults: readonly StartupFault[] }).faults
    expect(faults.map((one) => `${one.code} ${one.where}`)).toEqual([
      'TOPIC_MISSING topic missing-output',
      'TOPIC_MISSING topic missing-letters',
      'PARTITIONS_DIFFER topics a, b',
      'CSV_VALUE films.csv:2',
      'CSV_VALUE films.csv:7',
      'SINK_UNREACHABLE 127.0.0.1:9042',
    ])
    expect([transport.isClosed, tables.closedSinks]).toEqual([true, 2])
  })

  it('takes a server that does not answer for one fault among others', async () => {
    const server = embedded()
    server.disconnect()
    const error = run(faulty, { ...options, transport: server.transport(), tables: new UnreachableTables() })
    await expect(error).rejects.toMatchObject({
      faults: [
        { code: 'TRANSPORT_UNREACHABLE', where: 'embedded' },
        { code: 'CSV_VALUE' },
        { code: 'CSV_VALUE' },
        { code: 'SINK_UNREACHABLE' },
      ],
    })
  })

  it('makes topics that an embedded server lacks, alike where they are read together', async () => {
    const server = embedded()
    server.createTopic('a', { partitions: 3 })
    const copying = topology('copying', (t) => t.source(['a', 'b']).to('out'))
    const app = await run(copying, { ...options, embedded: server })
    expect(app.metrics().tasks).toHaveLength(3)
    await app.close()
  })

  it.each<[string, RunOptions]>([
    ['commit.every', { commit: { every: 0 } }],
    ['commit.maxRecords', { commit: { maxRecords: -1 } }],
    ['microBatch.maxWait', { microBatch: { maxWait: Number.NaN } }],
    ['buffer.maxBytes', { buffer: { maxBytes: 0 } }],
    ['closeTimeout', { closeTimeout: Infinity }],
    ['kafka, embedded and transport', { kafka: { brokers: ['x:1'] }, embedded: embedded() }],
  ])('refuses a wrong %s before it opens anything', async (option, wrong) => {
    const copying = topology('copying', (t) => t.source('a').to('out'))
    await expect(run(copying, { ...options, ...wrong })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      what: expect.stringContaining(option) as string,
    })
    await expect(run(copying, { ...options, applicationId: 'no group/name' })).rejects.toMatchObject({
      code: 'NAME_INVALID',
    })
  })
})
