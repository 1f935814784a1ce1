import { afterEach, describe, expect, it } from 'vitest'
import { cassandraTable, int, json, run, string, text, topology, type App, type RunOptions } from '../index.ts'
import { StreamsError } from '../errors/index.ts'
import type { TopicPartition } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { recordBatchOf } from '../testing/record-batch-of.ts'
import { ScriptedTables } from '../testing/scripted-tables.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'

const p = (partition: number): TopicPartition => ({ topic: 'in', partition })
const batch = (partition: number, from: number, to: number) =>
  recordBatchOf(
    'in',
    partition,
    Array.from({ length: to - from }, (_, index) => ({ offset: from + index, key: 'k', value: `${from + index}` })),
  )

const copying = topology('copying', (t) => t.source('in', { value: string() }).to('out', { value: string() }))
const table = cassandraTable('ks.t', { columns: { name: text(), n: int() }, partitionKey: ['name'] })
const storing = topology('storing', (t) => {
  t.source('in', { value: json<number>() })
    .mapValues((n) => ({ name: `n${n}`, n }))
    .sinkCassandra(table)
})

/** Lets everything run that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const transportFailed = (retriable: boolean) =>
  new StreamsError({ code: 'TRANSPORT_FAILED', what: 'the coordinator is gone', hint: 'Wait.', retriable })
const generationLost = new StreamsError({ code: 'GENERATION_LOST', what: 'too late', hint: 'Go on.' })

const apps: App[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) {
    app.closed.catch(() => {})
    await app.close().catch(() => {})
  }
})

async function start(
  topologyOf: typeof copying,
  transport: ScriptedTransport,
  partitions: readonly TopicPartition[],
  options: RunOptions = {},
) {
  const clock = new ManualClock()
  const tables = new ScriptedTables()
  const starting = run(topologyOf, { transport, tables, clock, logger: silentLogger, signals: false, ...options })
  await settled()
  const positions = await transport.assign(1, partitions)
  const app = await starting
  apps.push(app)
  return { app, clock, tables, positions }
}

describe('a member of the group', () => {
  it('keeps a task with what waits for it when nobody else can have owned it', async () => {
    const transport = new ScriptedTransport({ in: 2, out: 1 })
    await start(copying, transport, [p(0), p(1)])
    transport.hooks.commit = () => Promise.reject(generationLost)
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    await transport.revoke(1)
    expect(await transport.assign(2, [p(0), p(1)])).toEqual([
      { ...p(0), offset: 3 },
      { ...p(1), offset: 0 },
    ])
    transport.deliver(batch(0, 3, 4), 2)
    await settled()
    expect(transport.values('out')).toEqual(['0', '1', '2', '3'])
  })

  it('begins a task anew from what is committed when someone else has owned it', async () => {
    const transport = new ScriptedTransport({ in: 2, out: 1 }, { 'in/0': [0, 10], 'in/1': [0, 10] })
    await start(copying, transport, [p(0), p(1)])
    transport.hooks.commit = () => Promise.reject(generationLost)
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    await transport.revoke(1)
    transport.committed.set('in/0', 2)
    expect(await transport.assign(2, [p(0)])).toEqual([{ ...p(0), offset: 2 }])
    transport.deliver(batch(0, 2, 4), 2)
    await settled()
    expect(transport.values('out')).toEqual(['0', '1', '2', '2', '3'])
  })

  it('never pauses an input that the others wait for', async () => {
    const both = topology('both', (t) => {
      t.source(['in', 'more'], { value: string() }).to('out', { value: string() })
    })
    const transport = new ScriptedTransport({ in: 1, more: 1, out: 1 }, { 'more/0': [0, 2] })
    const more = { topic: 'more', partition: 0 }
    await start(both, transport, [p(0), more], { buffer: { maxRecords: 2 } })
    const send = (topic: string, from: number, ...values: readonly string[]) =>
      transport.deliver(
        recordBatchOf(
          topic,
          0,
          values.map((value, index) => ({ offset: from + index, timestamp: Number(value), value })),
          {
            highWatermark: topic === 'more' ? 2 : from + values.length,
          },
        ),
        1,
      )
    send('in', 0, '10', '20', '30')
    await settled()
    expect([transport.values('out'), [...transport.paused]]).toEqual([[], ['in/0']])
    send('more', 0, '5')
    await settled()
    expect([transport.values('out'), [...transport.paused]]).toEqual([['5'], ['in/0']])
    send('more', 1, '15')
    await settled()
    expect([transport.values('out'), [...transport.paused]]).toEqual([['5', '10', '15', '20', '30'], []])
  })

  it('takes no batch of a generation that is over', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    await start(copying, transport, [p(0)])
    await transport.revoke(1)
    await transport.assign(2, [p(0)])
    transport.deliver(batch(0, 0, 1), 1)
    await settled()
    expect(transport.values('out')).toEqual([])
  })

  it('goes on in the next generation when revoking the last one ends late', async () => {
    const transport = new ScriptedTransport({ in: 1 })
    const { app, tables } = await start(storing, transport, [p(0)])
    const { opened, open } = gate()
    tables.beforeFlush = () => opened
    transport.deliver(batch(0, 0, 1), 1)
    await settled()
    const revoked = transport.revoke(1)
    await transport.assign(2, [p(0)])
    transport.hooks.commit = () => Promise.reject(generationLost)
    open()
    await revoked
    transport.hooks.commit = () => Promise.resolve()
    transport.deliver(batch(0, 1, 3), 2)
    await settled()
    expect(app.metrics().total('records-consumed')).toBe(3)
    expect(app.state).toBe('running')
  })

  it('tries the last commit before leaving also when the one under way fails', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const { app, clock } = await start(copying, transport, [p(0)])
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    const { opened, open } = gate()
    transport.hooks.commit = async () => {
      await opened
      transport.hooks.commit = () => Promise.resolve()
      throw transportFailed(true)
    }
    clock.advance(30_000)
    await settled()
    const closing = app.close()
    open()
    await closing
    expect(transport.committed.get('in/0')).toBe(3)
  })

  it('retries a commit that may succeed later and counts it', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const { app, clock } = await start(copying, transport, [p(0)])
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    transport.hooks.commit = () => Promise.reject(transportFailed(true))
    clock.advance(30_000)
    await settled()
    expect([app.state, app.metrics().total('commit-retries')]).toEqual(['running', 1])
    transport.hooks.commit = () => Promise.resolve()
    clock.advance(30_000)
    await settled()
    expect(transport.committed.get('in/0')).toBe(3)
  })

  it('fails the app at a commit that cannot succeed', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const { app, clock } = await start(copying, transport, [p(0)])
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    transport.hooks.commit = () => Promise.reject(transportFailed(false))
    clock.advance(30_000)
    await expect(app.closed).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    expect([app.state, transport.isClosed]).toEqual(['failed', true])
  })

  it('commits after as many records as commit.maxRecords says, without waiting for the interval', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    await start(copying, transport, [p(0)], { commit: { maxRecords: 5 } })
    transport.deliver(batch(0, 0, 4), 1)
    await settled()
    expect(transport.committed.get('in/0')).toBe(0)
    transport.deliver(batch(0, 4, 6), 1)
    await settled()
    expect(transport.committed.get('in/0')).toBe(6)
  })

  it('starts over and commits again in a topic that was made anew', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 }, { 'in/0': [0, 3] })
    transport.committed.set('in/0', 500)
    const { app, clock, positions } = await start(copying, transport, [p(0)])
    expect(positions).toEqual([{ ...p(0), offset: 0 }])
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    clock.advance(30_000)
    await settled()
    expect(transport.committed.get('in/0')).toBe(3)
    await app.close()
  })

  it('commits where it starts at the end, so that a crash loses nothing that came after', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 }, { 'in/0': [0, 40] })
    const latest = topology('latest', (t) => t.source('in', { startAt: 'latest' }).to('out'))
    const { positions } = await start(latest, transport, [p(0)])
    expect(positions).toEqual([{ ...p(0), offset: 40 }])
    await settled()
    expect(transport.committed.get('in/0')).toBe(40)
  })

  it('tells rebalances by its states and counts them', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const { app } = await start(copying, transport, [p(0)])
    const seen: string[] = []
    app.state$.subscribe((state) => seen.push(state))
    await transport.revoke(1)
    await transport.assign(2, [])
    expect(seen).toEqual(['running', 'rebalancing', 'running'])
    expect(app.metrics().total('rebalances')).toBe(1)
    expect(app.metrics().tasks).toEqual([])
  })
})

describe('back-pressure', () => {
  const limits = { buffer: { maxRecords: 10 }, microBatch: { maxRecords: 4 } } as const

  it('pauses a partition whose task has enough, and resumes it when that is done', async () => {
    const transport = new ScriptedTransport({ in: 2 })
    const { app, tables } = await start(storing, transport, [p(0), p(1)], limits)
    tables.isFull = true
    for (let from = 0; from < 12; from += 4) {
      expect([...transport.paused]).toEqual([])
      transport.deliver(batch(0, from, from + 4), 1)
      await settled()
    }
    expect([...transport.paused]).toEqual(['in/0'])
    expect(app.metrics().tasks.map((task) => task.waitingRecords)).toEqual([12, 0])
    tables.drain()
    await settled()
    expect([...transport.paused]).toEqual([])
    expect(app.metrics().total('records-consumed')).toBe(12)
  })

  it('keeps a kept task paused over a rebalance and lifts the pause of a lost one', async () => {
    const transport = new ScriptedTransport({ in: 2 })
    const { tables } = await start(storing, transport, [p(0), p(1)], limits)
    tables.isFull = true
    transport.deliver(batch(0, 0, 12), 1)
    transport.deliver(batch(1, 0, 12), 1)
    await settled()
    expect([...transport.paused]).toEqual(['in/0', 'in/1'])
    await transport.revoke(1)
    await transport.assign(2, [p(0)])
    await settled()
    expect([...transport.paused]).toEqual(['in/0'])
    tables.drain()
    await settled()
    expect([...transport.paused]).toEqual([])
  })

  it('can be revoked and closed while a sink is full', async () => {
    const transport = new ScriptedTransport({ in: 1 })
    const { app, tables } = await start(storing, transport, [p(0)], limits)
    tables.isFull = true
    transport.deliver(batch(0, 0, 12), 1)
    await settled()
    await transport.revoke(1)
    await transport.assign(2, [p(0)])
    await app.close()
    await app.closed
    expect(app.state).toBe('closed')
  })
})

describe('closing', () => {
  it('flushes, commits, leaves and closes everything it opened', async () => {
    const transport = new ScriptedTransport({ in: 1 })
    const { app, clock, tables } = await start(storing, transport, [p(0)])
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    await app.close()
    await app.closed
    expect(tables.written).toEqual([
      { name: 'n0', n: 0 },
      { name: 'n1', n: 1 },
      { name: 'n2', n: 2 },
    ])
    expect(transport.committed.get('in/0')).toBe(3)
    expect([transport.isClosed, tables.closedSinks, clock.waiting]).toEqual([true, 1, 0])
  })

  it('gives up after its time limit, says so and lets go of what it holds', async () => {
    const transport = new ScriptedTransport({ in: 1 })
    const { app, clock, tables } = await start(storing, transport, [p(0)], { closeTimeout: 5_000 })
    tables.beforeFlush = () => new Promise(() => {})
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    const closing = app.close()
    await settled()
    clock.advance(5_000)
    await expect(closing).rejects.toMatchObject({ code: 'CLOSE_TIMED_OUT' })
    await expect(app.closed).rejects.toMatchObject({ code: 'CLOSE_TIMED_OUT' })
    await settled()
    expect([app.state, transport.committed.get('in/0'), tables.abortedWriters]).toEqual(['failed', 0, 1])
    expect([transport.isClosed, tables.closedSinks]).toEqual([true, 1])
  })

  it('gives up on a call that never answers', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const waiting = topology('waiting', (t) => {
      t.source('in')
        .mapValuesAsync(() => new Promise<string>(() => {}))
        .to('out')
    })
    const { app, clock } = await start(waiting, transport, [p(0)], { closeTimeout: 5_000 })
    transport.deliver(batch(0, 0, 3), 1)
    await settled()
    const closing = app.close()
    await settled()
    clock.advance(5_000)
    await expect(closing).rejects.toMatchObject({ code: 'CLOSE_TIMED_OUT' })
    await settled()
    expect(transport.isClosed).toBe(true)
  })

  it('closes the rest and rejects when one part fails to close', async () => {
    const transport = new ScriptedTransport({ in: 1 })
    const { app, tables } = await start(storing, transport, [p(0)])
    transport.hooks.closeProducer = () => Promise.reject(transportFailed(false))
    await expect(app.close()).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    await expect(app.closed).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    expect([app.state, transport.isClosed, tables.closedSinks]).toEqual(['failed', true, 1])
  })

  it('is the same ending however often it is asked for', async () => {
    const { app } = await start(copying, new ScriptedTransport({ in: 1, out: 1 }), [p(0)])
    expect(app.close()).toBe(app.close())
    await app.close()
  })
})
