import { describe, expect, it } from 'vitest'
import { deadLetter, embedded, json, run, skip, string, topology, type TopologyBuilder } from '../index.ts'
import { silentLogger, testDriver } from '../testing/index.ts'

const number = { value: json<number>() }
const copy = (t: TopologyBuilder): void => t.source(/^orders-/g, number).to('all', { value: json() })
const copied = topology('copied', copy)

describe('a source with a pattern', () => {
  it('takes records of every topic that matches, in the driver', () => {
    const driver = testDriver(copied)
    driver.input('orders-gr').send('a', 1)
    driver.input('orders-de').send('b', 2)
    driver.input('orders-gr').send('c', 3)
    expect(
      driver
        .output('all')
        .records()
        .map(({ key, value }) => [key, value]),
    ).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
    expect(() => driver.input('invoices')).toThrow(/TOPIC|no such topic: invoices/)
  })

  it('reads what the topology itself writes to such a topic', () => {
    const driver = testDriver(
      topology('again', (t) => {
        t.source('in', number).to('orders-1')
        copy(t)
      }),
    )
    driver.input('in').send('a', 1)
    expect(driver.output('all').records()).toMatchObject([{ key: 'a', value: 1 }])
  })

  it('never takes internal topics, however wide it is', () => {
    const driver = testDriver(
      topology('t', (t) => {
        const seen = t.source(/./, number)
        seen.groupBy((value) => String(value)).count({ store: 'counts' })
      }),
    )
    driver.input('a').send('k', 1)
    expect(driver.total('records-consumed')).toBe(2)
    expect(() => driver.input('t-counts-repartition').send('k', 1)).not.toThrow()
    expect(() => driver.input('t-counts-changelog')).toThrow(/no such topic/)
    expect(() => driver.input('__consumer_offsets')).toThrow(/no such topic/)
  })

  it('names topic, partition and offset of the record that it could not read', () => {
    const driver = testDriver(copied)
    driver.input('orders-gr').send('a', 1)
    driver.input('orders-de').send('a', 1)
    expect(() => driver.input('orders-de').send('a', Buffer.from('{'))).toThrow(
      /node=source\(\^orders-\), topic=orders-de, partition=0, offset=1/,
    )
  })

  it('is described by its pattern', async () => {
    const grouped = topology('grouped', (t) => {
      t.source(/^orders-/, number)
        .groupByKey()
        .count({ store: 'counts' })
        .toStream()
        .to('out')
    })
    await expect(
      [grouped.describe(), grouped.describe('kafka-streams'), grouped.describe('mermaid'), grouped.explain()].join(
        '\n',
      ),
    ).toMatchFileSnapshot('golden/pattern.txt')
  })
})

describe('a pattern that may take the topic of another source', () => {
  it.each<readonly [string, (t: TopologyBuilder) => void]>([
    ['a stream', (t) => t.source('orders-gr').to('x')],
    ['a table', (t) => t.table('orders-gr').toStream().to('x')],
    ['a global table', (t) => void t.globalTable('orders-gr')],
  ])('is refused: %s', (_what, other) => {
    const define = (t: TopologyBuilder): void => {
      other(t)
      copy(t)
    }
    expect(() => topology('t', define)).toThrow(
      expect.objectContaining({
        code: 'TOPIC_CONFLICT',
        what: expect.stringContaining("Topic 'orders-gr' has two sources"),
        context: expect.objectContaining({ callSite: expect.stringContaining('topic-patterns.test.ts') }),
      }),
    )
  })
})

describe('a pattern that is written twice', () => {
  it('is refused where it stands the second time', () => {
    const define = (t: TopologyBuilder): void => {
      copy(t)
      t.source(/^orders-/).to('x')
    }
    expect(() => topology('t', define)).toThrow(
      /Topic '\/\^orders-\/' has two sources \(the other one at .*topic-patterns/,
    )
  })
})

describe('run() with a pattern', () => {
  const start = async (define: (t: TopologyBuilder) => void, topics: Readonly<Record<string, number>>) => {
    const server = embedded()
    for (const [topic, partitions] of Object.entries(topics)) server.createTopic(topic, { partitions })
    const app = await run(topology('patterns', define), { embedded: server, logger: silentLogger })
    return { app, server }
  }

  it('reads every topic that matches when the app starts, and no internal one', async () => {
    const { app, server } = await start(
      (t) =>
        t
          .source(/orders/, number)
          .groupBy(() => 'all')
          .count(),
      {
        'orders-b': 2,
        'orders-a': 2,
        'patterns-orders-changelog': 1,
        __orders: 1,
        invoices: 1,
      },
    )
    const transport = server.transport()
    await transport.connect()
    const producer = transport.producer({ clientId: 'test' })
    const records = [{ key: null, value: Buffer.from('1'), timestamp: 0, headers: [] }]
    const topics = ['orders-a', 'orders-b', 'invoices', '__orders']
    await producer.send(topics.map((topic) => ({ topic, partition: 0, records })))
    await app.caughtUp()
    const consumed = app.metrics().total('records-consumed')
    await app.close()
    await transport.close()
    // two of the topics, and what they were repartitioned to
    expect(consumed).toBe(4)
  })

  it('does not start when no topic matches, or two sources take one', async () => {
    await expect(start(copy, { invoices: 1 })).rejects.toMatchObject({
      code: 'STARTUP_CHECK_FAILED',
      faults: [{ code: 'TOPIC_MISSING', what: 'No topic matches /^orders-/' }],
    })
    const both = (t: TopologyBuilder): void => {
      copy(t)
      t.source(/-gr$/, { key: string() }).to('x')
    }
    await expect(start(both, { 'orders-gr': 1, 'invoices-gr': 1 })).rejects.toMatchObject({
      faults: [{ code: 'TOPIC_CONFLICT' }],
    })
  })

  it('does not start when its dead letters would come back', async () => {
    const loop = (t: TopologyBuilder): void => {
      t.source(/^orders/, { onInvalid: deadLetter('orders-dead') }).forEach(() => {})
    }
    await expect(start(loop, { orders: 1, 'orders-dead': 1 })).rejects.toMatchObject({
      faults: [{ code: 'TOPIC_CONFLICT' }],
    })
    const { app } = await start((t) => t.source(/^orders$/, { onInvalid: skip }).forEach(() => {}), {
      orders: 1,
      'orders-dead': 1,
    })
    await app.close()
  })
})
