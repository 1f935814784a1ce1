import { firstValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { embedded, json, run, skip, string, topology, type EmbeddedServer } from '../index.ts'
import { silentLogger } from '../testing/index.ts'

const logger = silentLogger

async function produce(
  server: EmbeddedServer,
  topic: string,
  values: readonly unknown[],
  partition = 0,
): Promise<void> {
  const transport = server.transport()
  await transport.connect()
  const producer = transport.producer({ clientId: 'test' })
  const records = values.map((value, index) => ({
    key: Buffer.from(`k${index % 7}`),
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    timestamp: index,
    headers: [],
  }))
  await producer.send([{ topic, partition, records }])
  await transport.close()
}

async function values(server: EmbeddedServer, topic: string): Promise<unknown[]> {
  const seen: unknown[] = []
  const app = await run(
    topology(`read-${topic}-${Math.random()}`, (t) => {
      t.source(topic, { value: json() }).forEach((value) => seen.push(value))
    }),
    { embedded: server, logger },
  )
  await app.caughtUp()
  await app.close()
  return seen
}

describe('run', () => {
  it('runs a topology on an embedded broker and commits what it has written', async () => {
    const server = embedded()
    server.createTopic('in', { partitions: 1 })
    await produce(
      server,
      'in',
      Array.from({ length: 2500 }, (_, n) => n),
    )
    const doubling = topology('doubling', (t) => {
      t.source('in', { value: json<number>() })
        .mapValues((n) => n * 2)
        .to('out')
    })
    const app = await run(doubling, { embedded: server, logger })
    await app.caughtUp()
    expect(app.metrics().total('records-produced')).toBe(2500)
    await app.close()
    await app.closed
    const again = await run(doubling, { embedded: server, logger })
    await again.caughtUp()
    expect(again.metrics().total('records-consumed')).toBe(0)
    await again.close()
    expect(await values(server, 'out')).toEqual(Array.from({ length: 2500 }, (_, n) => n * 2))
  })

  it('reports every fault of a configuration in one error before it joins the group', async () => {
    const server = embedded()
    server.createTopic('a', { partitions: 2 })
    server.createTopic('b', { partitions: 3 })
    const merged = topology('merged', (t) => {
      t.source('a').merge(t.source('b')).to('out')
    })
    const start = run(merged, { transport: server.transport(), logger })
    await expect(start).rejects.toMatchObject({
      code: 'STARTUP_CHECK_FAILED',
      faults: [{ code: 'TOPIC_MISSING' }, { code: 'PARTITIONS_DIFFER' }],
    })
  })

  it('fails the app at a record that cannot be processed and names the record', async () => {
    const server = embedded()
    server.createTopic('in', { partitions: 1 })
    await produce(server, 'in', [{ n: 1 }, { n: 'x' }, { n: 3 }])
    const app = await run(
      topology('strict', (t) =>
        t
          .source('in')
          .parse(z.object({ n: z.number() }))
          .to('out'),
      ),
      { embedded: server, logger },
    )
    await expect(app.closed).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      context: { topic: 'in', partition: 0, offset: 1 },
    })
    expect(app.state).toBe('failed')
  })

  it('goes on after records that a policy skips', async () => {
    const server = embedded()
    server.createTopic('in', { partitions: 1 })
    await produce(server, 'in', [{ n: 1 }, 'no json', { n: 3 }])
    const app = await run(
      topology('lenient', (t) =>
        t
          .source('in')
          .parse(z.object({ n: z.number() }), { onInvalid: skip })
          .to('out'),
      ),
      { embedded: server, logger },
    )
    await app.caughtUp()
    expect(app.metrics().total('records-skipped')).toBe(1)
    await app.close()
    expect(await values(server, 'out')).toEqual([{ n: 1 }, { n: 3 }])
  })

  it('shows its states and ends them', async () => {
    const server = embedded()
    server.createTopic('in', { partitions: 1 })
    const app = await run(
      topology('states', (t) => t.source('in', { value: string() }).forEach(() => {})),
      { embedded: server, logger },
    )
    const states = firstValueFrom(app.state$.pipe(toArray()))
    await app.close()
    expect(await states).toEqual(['running', 'closing', 'closed'])
  })
})
