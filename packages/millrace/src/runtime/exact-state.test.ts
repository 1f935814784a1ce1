import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type App,
  embedded,
  type EmbeddedServer,
  json,
  minutes,
  partitionOf,
  run,
  type RunOptions,
  string,
  topology,
  tumbling,
} from '../index.ts'
import { StreamsError } from '../errors/index.ts'
import type { Transport, TransportProducer } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'

interface Rating {
  readonly film: string
  readonly stars: number
}

const partitions = 4
const users = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay', 'gus']
const films = ['Alien', 'Brazil', 'Casablanca']

const byUser = (storage: 'memory' | 'persistent') =>
  topology('by-user', (t) => {
    t.source('ratings', { key: string(), value: json<Rating>() }).groupByKey().count({ store: 'per-user', storage })
  })

const byFilm = (storage: 'memory' | 'persistent') =>
  topology('by-film', (t) => {
    t.source('ratings', { key: string(), value: json<Rating>() })
      .groupBy((rating) => rating.film)
      .windowedBy(tumbling(minutes(1)))
      .count({ store: 'per-film', storage })
  })

/** A process that can die: from then on it commits nothing more, whatever it still writes. */
function mortal(real: Transport): { readonly transport: Transport; readonly die: () => void } {
  let isDead = false
  const transport: Transport = {
    ...real,
    kind: real.kind,
    admin: real.admin,
    connect: () => real.connect(),
    close: () => real.close(),
    producer: (options) => real.producer(options),
    transactionalProducer: (options) => real.transactionalProducer(options),
    reader: (options, listener) => real.reader(options, listener),
    consumer: (options, listener) => {
      const consumer = real.consumer(options, listener)
      return {
        start: () => consumer.start(),
        stop: () => consumer.stop(),
        pause: (them) => consumer.pause(them),
        resume: (them) => consumer.resume(them),
        committed: (them) => consumer.committed(them),
        commit: (offsets, generation) =>
          isDead
            ? Promise.reject(new StreamsError({ code: 'GENERATION_LOST', what: 'dead', hint: 'Rest.' }))
            : consumer.commit(offsets, generation),
      }
    },
  }
  return {
    transport,
    die: () => {
      isDead = true
    },
  }
}

class World {
  readonly server: EmbeddedServer = embedded()
  readonly folder: string = mkdtempSync(join(tmpdir(), 'millrace-exact-'))
  readonly apps: App[] = []
  #producer: TransportProducer | undefined
  #transport: Transport | undefined
  sent = 0

  async send(count: number): Promise<void> {
    if (this.#producer === undefined) {
      this.server.createTopic('ratings', { partitions })
      this.#transport = this.server.transport()
      await this.#transport.connect()
      this.#producer = this.#transport.producer({ clientId: 'test' })
    }
    const records = Array.from({ length: count }, (_, index) => this.sent + index)
    this.sent += count
    const batches = Array.from({ length: partitions }, (_, partition) => ({
      topic: 'ratings',
      partition,
      records: records
        .filter((n) => partitionOf(Buffer.from(users[n % users.length]!), partitions) === partition)
        .map((n) => ({
          key: Buffer.from(users[n % users.length]!),
          value: Buffer.from(JSON.stringify({ film: films[n % films.length]!, stars: n % 10 })),
          timestamp: n * 100,
          headers: [],
        })),
    }))
    await this.#producer.send(batches.filter((batch) => batch.records.length > 0))
  }

  async run(of: ReturnType<typeof byUser>, options: RunOptions = {}): Promise<App> {
    const transport = options.transport === undefined ? { embedded: this.server } : {}
    const app = await run(of, {
      logger: silentLogger,
      signals: false,
      stateFolder: this.folder,
      commit: { every: 20 },
      microBatch: { maxRecords: 7 },
      ...transport,
      ...options,
    })
    this.apps.push(app)
    return app
  }

  async end(): Promise<void> {
    for (const app of this.apps.splice(0)) await app.close().catch(() => {})
    await this.#transport?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function total(app: App, store: string): number {
  return [...app.store<string, number>(store).all()].reduce((sum, [, count]) => sum + count, 0)
}

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

describe.each(['memory', 'persistent'] as const)('state in a %s store', (storage) => {
  it('goes on where it was after a clean end', async () => {
    await world.send(500)
    const first = await world.run(byUser(storage))
    await first.caughtUp()
    await first.close()
    await world.send(200)
    const second = await world.run(byUser(storage))
    await second.caughtUp()
    expect(total(second, 'per-user')).toBe(700)
    expect(second.store<string, number>('per-user').get('ann')).toBe(100)
  })

  it('is exact after a crash that had written behind the last commit', async () => {
    await world.send(300)
    const { transport, die } = mortal(world.server.transport())
    const first = await world.run(byUser(storage), { transport })
    await first.caughtUp()
    die()
    await world.send(300)
    await until(() => first.metrics().total('records-consumed') === 600)
    await first.close().catch(() => {})
    const second = await world.run(byUser(storage))
    await second.caughtUp()
    expect(total(second, 'per-user')).toBe(600)
    await second.close()
    const third = await world.run(byUser(storage))
    await until(() => third.state === 'running')
    expect(total(third, 'per-user')).toBe(600)
  })

  it('is exact behind a repartition whose writer crashed', async () => {
    await world.send(300)
    for (let round = 0; round < 3; round++) {
      const { transport, die } = mortal(world.server.transport())
      const app = await world.run(byFilm(storage), { transport })
      await app.caughtUp()
      die()
      const before = app.metrics().total('records-consumed')
      await world.send(100)
      // once from the source and once from the internal topic
      await until(() => app.metrics().total('records-consumed') >= before + 200)
      await app.close().catch(() => {})
    }
    const last = await world.run(byFilm(storage))
    await last.caughtUp()
    expect(total(last, 'per-film')).toBe(600)
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !condition(); turn++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
  expect(condition()).toBe(true)
}
