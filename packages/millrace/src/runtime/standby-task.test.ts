import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile } from '../compile/index.ts'
import { string, topology } from '../index.ts'
import { createLmdbStores } from '../state/index.ts'
import { decodeCommitMetadata } from '../task/index.ts'
import { until, World } from '../testing/rating-world.ts'
import { ChangelogReader } from './changelog-reader.ts'
import { readCheckpoint } from './checkpoint.ts'
import { StandbyTask } from './standby-task.ts'

const latest = topology('latest', (t) => {
  t.source('texts', { key: string(), value: string() })
    .groupByKey()
    .reduce((_, text) => text, { store: 'latest', storage: 'persistent' })
})

it('brings a standby to disk in parts while it follows, never ahead of what it has read', async () => {
  const world = new World()
  world.server.createTopic('texts', { partitions: 1 })
  const transport = world.server.transport()
  await transport.connect()
  const producer = transport.producer({ clientId: 'test' })
  for (let key = 0; key < 60; key++) {
    const record = { key: Buffer.from(`${key}`), value: Buffer.alloc(200_000, 'a'), timestamp: key, headers: [] }
    await producer.send([{ topic: 'texts', partition: 0, records: [record] }])
  }
  const app = await world.run(latest)
  await app.caughtUp()
  await app.close()
  const [committed] = await transport.admin.committed('latest', [{ topic: 'texts', partition: 0 }])

  const stores = createLmdbStores(join(world.folder, 'copy'))
  const checkpoints: number[] = []
  const [sub] = compile(latest.plan).subTopologies
  const standby = new StandbyTask(
    { sub: sub!, partition: 0 },
    {
      ...stores,
      flush: (positions) => {
        expect(readCheckpoint(positions.get('latest'))).toEqual({ end: 60 - standby.lagRecords, atMs: 7 })
        stores.flush(positions)
        checkpoints.push(readCheckpoint(stores.checkpoint('latest'))!.end)
      },
    },
    () => 7,
  )
  const reader = new ChangelogReader(transport, 'test')
  standby.committed(decodeCommitMetadata(committed!.metadata)!)
  standby.follow(reader, () => {})
  await until(() => standby.lagRecords === 0)
  const [first, ...later] = checkpoints
  expect(first).toBe(0)
  expect(later.length).toBeGreaterThanOrEqual(2)
  expect(later.every((checkpoint, index) => checkpoint > checkpoints[index]!)).toBe(true)
  standby.close()
  await reader.close()
  await producer.close()
  await transport.close()
  await world.end()
})
