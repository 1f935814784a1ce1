import { describe, expect, it } from 'vitest'
import { embedded, type EmbeddedServer, json, run, string, topology } from '../index.ts'
import { silentLogger } from '../testing/index.ts'

const counted = topology(
  'optimized',
  (t) => {
    const rows = t.table('rows', { value: string(), store: 'rows' })
    const keyed = t.source('in', { value: string() }).selectKey((value) => value)
    keyed
      .joinTable(rows, { type: 'left', select: (value, row) => `${value} ${row ?? 'none'}` })
      .to('joined', { value: string() })
    keyed.groupByKey().count({ store: 'counts' }).toStream().to('counts', { value: json() })
  },
  { optimize: true },
)

async function send(server: EmbeddedServer, topic: string, key: string | null, value: string): Promise<void> {
  const transport = server.transport()
  await transport.connect()
  const record = { key: key === null ? null : Buffer.from(key), value: Buffer.from(value), timestamp: 0, headers: [] }
  await transport.producer({ clientId: 'test' }).send([{ topic, partition: 0, records: [record] }])
  await transport.close()
}

async function valuesOf(server: EmbeddedServer, topic: string): Promise<readonly string[]> {
  const seen: string[] = []
  const reader = topology(`read-${topic}`, (t) =>
    t.source(topic, { value: string() }).forEach((value) => seen.push(value)),
  )
  const app = await run(reader, { embedded: server, logger: silentLogger })
  await app.caughtUp()
  await app.close()
  return seen
}

describe('run() with all optimisations', () => {
  it('restores a table from its source topic, and counts behind a shared internal topic, across a restart', async () => {
    const server = embedded()
    for (const topic of ['rows', 'in', 'joined', 'counts']) server.createTopic(topic, { partitions: 1 })
    await send(server, 'rows', 'a', 'row-of-a')
    for (const part of [1, 2]) {
      const app = await run(counted, { embedded: server, logger: silentLogger })
      await app.caughtUp()
      for (const value of ['a', 'b']) await send(server, 'in', null, value)
      await app.caughtUp()
      await app.close()
      // the reader goes on where it was
      expect([part, await valuesOf(server, 'joined')]).toEqual([part, ['a row-of-a', 'b none']])
    }
    expect(await valuesOf(server, 'counts')).toEqual(['1', '1', '2', '2'])
    const transport = server.transport()
    await transport.connect()
    const topics = (await transport.admin.listTopics()).filter((topic) => topic.startsWith('optimized-'))
    await transport.close()
    expect(topics.sort()).toEqual(['optimized-counts-changelog', 'optimized-in-selectKey-joinTable-stream-repartition'])
  })
})
