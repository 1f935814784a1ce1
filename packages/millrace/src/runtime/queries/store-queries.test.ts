import { afterEach, describe, expect, it } from 'vitest'
import {
  type App,
  embedded,
  type EmbeddedServer,
  hours,
  json,
  minutes,
  number,
  run,
  session,
  string,
  type Topology,
  topology,
  tumbling,
} from '../../index.ts'
import { silentLogger } from '../../testing/silent-logger.ts'

const apps: App[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

const minuteMs = 60_000

async function started(
  of: Topology,
  records: Readonly<Record<string, readonly (readonly [string, unknown, number])[]>>,
) {
  const server: EmbeddedServer = embedded()
  const transport = server.transport()
  await transport.connect()
  const producer = transport.producer({ clientId: 'test' })
  for (const [topic, given] of Object.entries(records)) {
    server.createTopic(topic, { partitions: 1 })
    const encoded = given.map(([key, value, timestamp]) => ({
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(JSON.stringify(value)),
      timestamp,
      headers: [],
    }))
    await producer.send([{ topic, partition: 0, records: encoded }])
  }
  await transport.close()
  const app = await run(of, { embedded: server, logger: silentLogger, signals: false })
  apps.push(app)
  await app.caughtUp()
  return app
}

describe('queries of a running app', () => {
  it('read key-value stores by key and by range, without the times of values', async () => {
    const app = await started(
      topology('t', (t) => t.source('in', { key: string(), value: json() }).groupByKey().count({ store: 'counts' })),
      {
        in: [
          ['a', 1, 0],
          ['b', 1, 1],
          ['a', 1, 2],
          ['c', 1, 3],
        ],
      },
    )
    const counts = app.store<string, number>('counts')
    expect([counts.get('a'), counts.get('x')]).toEqual([2, undefined])
    expect([...counts.range('b', undefined)]).toEqual([
      ['b', 1],
      ['c', 1],
    ])
    expect([...counts.all()]).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ])
    expect(() => [...counts.fetch('a', 0, 1)]).toThrow("Store 'counts' is of kind timestamped-key-value")
  })

  it('read window stores by window, and by key over a time', async () => {
    const app = await started(
      topology('t', (t) =>
        t
          .source('in', { key: string(), value: json() })
          .groupByKey()
          .windowedBy(tumbling(minutes(1), { grace: hours(1) }))
          .count({ store: 'hourly' }),
      ),
      {
        in: [
          ['a', 1, 0],
          ['a', 1, 5],
          ['a', 1, minuteMs],
          ['b', 1, 3 * minuteMs],
        ],
      },
    )
    const hourly = app.store<string, number>('hourly')
    expect([hourly.get('a', 0), hourly.get('a', minuteMs), hourly.get('a', 7)]).toEqual([2, 1, undefined])
    expect([...hourly.fetch('a', 0, 10 * minuteMs)]).toEqual([
      [{ start: 0, end: minuteMs }, 2],
      [{ start: minuteMs, end: 2 * minuteMs }, 1],
    ])
    expect([...hourly.all()].map(([key, value, window]) => [key, value, window?.start])).toEqual([
      ['a', 2, 0],
      ['a', 1, minuteMs],
      ['b', 1, 3 * minuteMs],
    ])
    expect(() => hourly.get('a')).toThrow('is found by its key and its window')
  })

  it('read session stores by the time that sessions overlap', async () => {
    const app = await started(
      topology('t', (t) =>
        t
          .source('in', { key: string(), value: json() })
          .groupByKey()
          .windowedBy(session(minutes(1), { grace: hours(1) }))
          .count({ store: 'visits' }),
      ),
      {
        in: [
          ['a', 1, 0],
          ['a', 1, 30_000],
          ['a', 1, 10 * minuteMs],
        ],
      },
    )
    const visits = app.store<string, number>('visits')
    expect([...visits.fetch('a', 0, minuteMs)]).toEqual([[{ start: 0, end: 30_000 }, 2]])
    expect(visits.get('a', 10 * minuteMs, 10 * minuteMs)).toBe(1)
  })

  it('read versioned and global tables', async () => {
    const app = await started(
      topology('t', (t) => {
        const films = t.globalTable('films', { key: string(), value: json<string>(), store: 'films' })
        const prices = t.table('prices', { key: string(), value: json<number>(), store: 'prices', versioned: hours(1) })
        const ratings = t.source('in', { key: string(), value: json<number>() })
        ratings
          .joinTable(prices, { type: 'inner', select: (stars, price) => stars * price })
          .joinTable(films, { type: 'inner', on: (_stars, key) => key, select: (stars, film) => `${film} ${stars}` })
          .to('out', { key: string(), value: json() })
      }),
      {
        films: [
          ['f1', 'Alien', 0],
          ['f2', 'Brazil', 0],
          ['f2', null, 1],
        ],
        prices: [
          ['f1', 5, 0],
          ['f1', 7, 10],
        ],
        in: [['f1', 2, 20]],
      },
    )
    expect(app.store<string, string>('films').get('f1')).toBe('Alien')
    expect([...app.store('films').all()]).toEqual([['f1', 'Alien']])
    expect(app.store<string, number>('prices').get('f1')).toBe(7)
  })

  it('say which stores there are when there is none of a name', async () => {
    const app = await started(
      topology('t', (t) => t.source('in', { key: string(), value: number() }).groupByKey().count({ store: 'counts' })),
      { in: [] },
    )
    expect(() => app.store('count')).toThrow('(storeName=count). It has counts')
    expect(app.locate('counts', 'a')).toMatchObject({ partition: 0, isLocal: true, endpoint: undefined })
  })
})
