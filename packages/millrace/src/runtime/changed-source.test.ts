import { expect, it } from 'vitest'
import { embedded, json, run, topology } from '../index.ts'
import { silentLogger } from '../testing/index.ts'

it('counts records of another source topic behind the same internal topic', async () => {
  const server = embedded()
  for (const topic of ['a', 'b', 'out']) server.createTopic(topic, { partitions: 1 })
  const version = (topic: string) =>
    topology('t', (t) => {
      t.source(topic, { value: json<number>() })
        .groupBy(() => 'all', { name: 'r' })
        .count({ store: 's' })
        .toStream()
        .to('out', { value: json() })
    })
  const ends: number[] = []
  for (const topic of ['a', 'b']) {
    const transport = server.transport()
    await transport.connect()
    const producer = transport.producer({ clientId: 'test' })
    const records = [1, 2, 3].map((n) => ({ key: null, value: Buffer.from(`${n}`), timestamp: n, headers: [] }))
    await producer.send([{ topic, partition: 0, records }])
    const app = await run(version(topic), { embedded: server, logger: silentLogger })
    await app.caughtUp()
    await app.close()
    const [end] = await transport.admin.offsets([{ topic: 'out', partition: 0 }], 'latest')
    ends.push(end!.offset)
    await transport.close()
  }
  expect(ends).toEqual([3, 6])
})
