import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type App, string, topology } from '../index.ts'
import type { Transport, TransportProducer } from '../ports/index.ts'
import { mortal, until, World } from '../testing/rating-world.ts'

const keys = 60
/** Large enough that all of them are brought to disk in several parts. */
const letters = 200_000

const latest = topology('latest', (t) => {
  t.source('texts', { key: string(), value: string() })
    .groupByKey()
    .reduce((_, text) => text, { store: 'latest', storage: 'persistent' })
})

let world: World
let transport: Transport
let producer: TransportProducer
beforeEach(async () => {
  world = new World()
  world.server.createTopic('texts', { partitions: 1 })
  transport = world.server.transport()
  await transport.connect()
  producer = transport.producer({ clientId: 'test' })
})
afterEach(async () => {
  await producer.close()
  await transport.close()
  await world.end()
})

async function send(letter: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const record = { key: Buffer.from(`key ${at}`), value: Buffer.alloc(letters, letter), timestamp: at, headers: [] }
    await producer.send([{ topic: 'texts', partition: 0, records: [record] }])
  }
}

function lettersOf(app: App): string {
  return [...app.store<string, string>('latest').all()].map(([, text]) => text[0]).join('')
}

const restoredBy = (app: App): number => app.metrics().total('records-restored')

/** Its readers hand over so many batches, and then nothing more. */
function readingOnly(real: Transport, batches: number): Transport {
  let left = batches
  return {
    // a plain object, which a transport is not
    ...mortal(real).transport,
    reader: (options, listener) =>
      real.reader(options, {
        onBatch: (batch) => (left-- > 0 ? listener.onBatch(batch) : new Promise<void>(() => {})),
        onFailed: (error, partition) => listener.onFailed(error, partition),
      }),
  }
}

it('goes on in the middle when a restore of a persistent store was cut off, and ends exact', async () => {
  await send('a', keys)
  const first = await world.run(latest)
  await first.caughtUp()
  await first.close()
  const dying = mortal(world.server.transport())
  const second = await world.run(latest, { transport: dying.transport })
  await until(() => second.state === 'running')
  dying.die()
  await send('b', 5)
  await until(() => second.metrics().total('records-consumed') === 5)
  await second.close().catch(() => {})

  rmSync(join(world.folder, 'latest'), { recursive: true })
  const cut = await world.run(latest, { transport: readingOnly(world.server.transport(), 8) })
  await until(() => restoredBy(cut) > 30)
  const before = restoredBy(cut)
  expect(before).toBeLessThan(keys)
  await cut.close()

  const third = await world.run(latest)
  await until(() => third.state === 'running')
  // what stands behind the commit is read again, too
  expect(restoredBy(third)).toBeLessThanOrEqual(keys + 5 - 20)
  await third.caughtUp()
  expect(lettersOf(third)).toHaveLength(keys)
  expect(lettersOf(third).replaceAll('a', '')).toBe('bbbbb')
})

it('brings what it restored to disk although nothing is processed: the next start replays nothing', async () => {
  await send('a', 3)
  const first = await world.run(latest)
  await first.caughtUp()
  await first.close()
  rmSync(join(world.folder, 'latest'), { recursive: true })
  const cold = await world.run(latest)
  await until(() => cold.state === 'running')
  expect(restoredBy(cold)).toBe(3)
  await cold.close()
  const warm = await world.run(latest)
  await until(() => warm.state === 'running')
  expect(restoredBy(warm)).toBe(0)
  expect(lettersOf(warm)).toBe('aaa')
})
