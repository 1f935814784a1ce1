import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type App,
  embedded,
  type EmbeddedServer,
  json,
  hours,
  partitionOf,
  run,
  type RunOptions,
  string,
  type Topology,
  topology,
  tumbling,
} from '../index.ts'
import { StreamsError } from '../errors/index.ts'
import type { Transport, TransportProducer } from '../ports/index.ts'
import { silentLogger } from './silent-logger.ts'

interface Rating {
  readonly film: string
  readonly stars: number
}

const partitions = 4
export const users: readonly string[] = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay', 'gus']
const films: readonly string[] = ['Alien', 'Brazil', 'Casablanca']

export const byUser = (storage: 'memory' | 'persistent'): Topology =>
  topology('by-user', (t) => {
    t.source('ratings', { key: string(), value: json<Rating>() }).groupByKey().count({ store: 'per-user', storage })
  })

export const byFilm = (storage: 'memory' | 'persistent'): Topology =>
  topology('by-film', (t) => {
    t.source('ratings', { key: string(), value: json<Rating>() })
      .groupBy((rating) => rating.film)
      .windowedBy(tumbling(hours(1)))
      .count({ store: 'per-film', storage })
  })

/** Every count as it comes. */
export const updates: Topology = topology('updates', (t) => {
  t.source('ratings', { key: string(), value: json<Rating>() })
    .groupByKey()
    .count({ store: 'counts' })
    .toStream()
    .to('updates', { key: string(), value: json<number>() })
})

/** A process that can die: from then on it commits nothing more, whatever it still writes. */
export function mortal(real: Transport): { readonly transport: Transport; readonly die: () => void } {
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

export class World {
  readonly server: EmbeddedServer = embedded()
  readonly folder: string = mkdtempSync(join(tmpdir(), 'millrace-exact-'))
  readonly apps: App[] = []
  #producer: TransportProducer | undefined
  #transport: Transport | undefined
  sent = 0

  async send(count: number): Promise<void> {
    if (this.#producer === undefined) {
      this.server.createTopic('ratings', { partitions })
      this.server.createTopic('updates', { partitions })
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

  async run(of: Topology, options: RunOptions = {}): Promise<App> {
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

  /** Writes wrong counts of all users, and one of nobody, to every partition of a changelog. */
  async writeForeign(topic: string): Promise<void> {
    const value = Buffer.alloc(16)
    value.writeBigInt64BE(999_999n, 8)
    const records = [...users, 'nobody'].map((user) => ({ key: Buffer.from(user), value, timestamp: 1, headers: [] }))
    await this.#producer!.send(allPartitions(topic).map((one) => ({ ...one, records })))
  }

  /** What a reader of committed records sees of a topic. */
  async read(topic: string): Promise<readonly { readonly key: string; readonly value: number }[]> {
    const seen: { readonly key: string; readonly value: number }[] = []
    const ends = await this.#transport!.admin.stableOffsets(allPartitions(topic))
    const left = new Set(ends.filter(({ offset }) => offset > 0).map(({ partition }) => partition))
    const reader = this.#transport!.reader(
      { clientId: 'reader', isolation: 'read_committed' },
      {
        onBatch: (batch) => {
          for (let at = 0; at < batch.count; at++) {
            seen.push({ key: batch.key(at)!.toString(), value: Number(batch.value(at)!.toString()) })
          }
          if (batch.nextOffset >= ends.find(({ partition }) => partition === batch.partition)!.offset) {
            left.delete(batch.partition)
          }
        },
        onFailed: (error) => {
          throw error
        },
      },
    )
    reader.add(allPartitions(topic).map((one) => ({ ...one, offset: 0 })))
    await until(() => left.size === 0)
    await reader.close()
    return seen
  }

  async end(): Promise<void> {
    for (const app of this.apps.splice(0)) await app.close().catch(() => {})
    await this.#transport?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function allPartitions(topic: string): readonly { readonly topic: string; readonly partition: number }[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
}

export function total(app: App, store: string): number {
  return [...app.store<string, number>(store).all()].reduce((sum, [, count]) => sum + count, 0)
}

export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !condition(); turn++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
  if (!condition()) throw new StreamsError({ code: 'TASK_STALLED', what: 'Waited 10 s', hint: 'See the test.' })
}
