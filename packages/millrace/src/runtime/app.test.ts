import { firstValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import {
  deadLetter,
  embedded,
  json,
  run,
  skip,
  topology,
  type AppMetrics,
  type EmbeddedServer,
  type Policy,
} from '../index.ts'
import { StreamsError } from '../errors/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { recordBatchOf } from '../testing/record-batch-of.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'

const options = { logger: silentLogger, signals: false }
const partition = { topic: 'in', partition: 0 }

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

async function serverWith(values: readonly unknown[]): Promise<EmbeddedServer> {
  const server = embedded()
  server.createTopic('in', { partitions: 1 })
  const transport = server.transport()
  await transport.connect()
  const records = values.map((value, index) => ({
    key: Buffer.from('k'),
    value: Buffer.from(JSON.stringify(value)),
    timestamp: index,
    headers: [],
  }))
  await transport.producer({ clientId: 'test' }).send([{ topic: 'in', partition: 0, records }])
  await transport.close()
  return server
}

async function committed(server: EmbeddedServer, group: string): Promise<number | undefined> {
  const transport = server.transport()
  await transport.connect()
  const [offset] = await transport.admin.committed(group, [partition])
  await transport.close()
  return offset?.offset
}

describe('a policy for user code', () => {
  const picky = (onProcessError: Policy) =>
    topology(
      'picky',
      (t) => {
        t.source('in', { value: json<number>() })
          .mapValues((n) => {
            if (n === 3) throw new RangeError('not three')
            return n
          })
          .to('out')
      },
      { onProcessError },
    )

  it('fails the app by default, commits nothing of the record, and goes on there when it is mended', async () => {
    const server = await serverWith([1, 2, 3, 4])
    const app = await run(picky({ kind: 'fail' }), { ...options, embedded: server, microBatch: { maxRecords: 1 } })
    await expect(app.closed).rejects.toMatchObject({ code: 'PROCESS_FAILED', context: { topic: 'in', offset: 2 } })
    expect([app.state, await committed(server, 'picky')]).toEqual(['failed', 2])
    const mended = await run(picky(skip), { ...options, embedded: server })
    await mended.caughtUp()
    expect(mended.metrics().total('records-consumed')).toBe(2)
    await mended.close()
  })

  it.each([
    ['skip', skip, 'records-skipped', 3],
    ['deadLetter', deadLetter('dead'), 'dead-letters', 4],
  ] as const)('goes on under %s and commits past the record', async (_name, policy, counter, produced) => {
    const server = await serverWith([1, 2, 3, 4])
    const app = await run(picky(policy), { ...options, embedded: server })
    await app.caughtUp()
    await app.close()
    expect(app.metrics().total(counter)).toBe(1)
    expect(app.metrics().total('records-produced')).toBe(produced)
    expect(await committed(server, 'picky')).toBe(4)
  })
})

describe('a dead letter', () => {
  it('is acknowledged before the offset of its record is committed', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1, dead: 1 })
    const clock = new ManualClock()
    const parsing = topology('t', (t) => t.source('in', { value: json(), onInvalid: deadLetter('dead') }).to('out'))
    const starting = run(parsing, { ...options, transport, clock })
    await settled()
    await transport.assign(1, [partition])
    const app = await starting
    let acknowledge = (): void => {}
    transport.hooks.send = () =>
      new Promise((resolve) => {
        acknowledge = resolve
      })
    transport.deliver(recordBatchOf('in', 0, [{ offset: 0, value: 'no json' }]), 1)
    await settled()
    clock.advance(30_000)
    await settled()
    expect(transport.committed.get('in/0')).toBe(0)
    acknowledge()
    await settled()
    expect([transport.values('dead'), transport.committed.get('in/0')]).toEqual([['no json'], 1])
    await app.close()
  })
})

describe('a failed send', () => {
  it('fails the app and commits nothing of what it carried', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const starting = run(
      topology('t', (t) => t.source('in').to('out')),
      { ...options, transport },
    )
    await settled()
    await transport.assign(1, [partition])
    const app = await starting
    await settled()
    transport.hooks.send = () =>
      Promise.reject(new StreamsError({ code: 'PRODUCE_FAILED', what: 'too large', hint: 'Shorten it.' }))
    transport.deliver(recordBatchOf('in', 0, [{ offset: 0, value: 'x' }]), 1)
    await expect(app.closed).rejects.toMatchObject({ code: 'PRODUCE_FAILED' })
    expect(transport.committed.get('in/0')).toBe(0)
  })
})

describe('caughtUp()', () => {
  it('waits over commits and look-ups that fail for a while', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 }, { 'in/0': [0, 1] })
    const clock = new ManualClock()
    const starting = run(
      topology('t', (t) => t.source('in').to('out')),
      { ...options, transport, clock },
    )
    await settled()
    await transport.assign(1, [partition])
    const app = await starting
    await settled()
    transport.deliver(recordBatchOf('in', 0, [{ offset: 0, value: 'x' }]), 1)
    await settled()
    transport.hooks.commit = () =>
      Promise.reject(new StreamsError({ code: 'TRANSPORT_FAILED', what: 'away', hint: 'Wait.', retriable: true }))
    let outcome = 'pending'
    const caughtUp = app.caughtUp().then(
      () => (outcome = 'resolved'),
      () => (outcome = 'rejected'),
    )
    await settled()
    expect(outcome).toBe('pending')
    transport.hooks.commit = () => Promise.resolve()
    clock.advance(20)
    await caughtUp
    expect([outcome, transport.committed.get('in/0')]).toEqual(['resolved', 1])
    await app.close()
  })

  it('does not take a commit of a former life of the topic for its own', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 }, { 'in/0': [0, 1] })
    transport.committed.set('in/0', 500)
    const clock = new ManualClock()
    const starting = run(
      topology('t', (t) => t.source('in').to('out')),
      { ...options, transport, clock },
    )
    await settled()
    await transport.assign(1, [partition])
    const app = await starting
    let isDone = false
    const caughtUp = app.caughtUp().then(() => (isDone = true))
    await settled()
    expect(isDone).toBe(false)
    transport.deliver(recordBatchOf('in', 0, [{ offset: 0, value: 'x' }]), 1)
    await settled()
    clock.advance(20)
    await caughtUp
    expect(transport.values('out')).toEqual(['x'])
    await app.close()
  })

  it('rejects when the app ends before', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 }, { 'in/0': [0, 1] })
    const starting = run(
      topology('t', (t) => t.source('in').to('out')),
      { ...options, transport },
    )
    await settled()
    await transport.assign(1, [partition])
    const app = await starting
    const outcome = app.caughtUp().catch((thrown: unknown) => thrown)
    await app.close()
    expect(await outcome).toMatchObject({
      code: 'LIFECYCLE_INVALID',
      what: expect.stringContaining('will not catch up') as string,
    })
  })

  it('says of an app that has ended that it has, and not that its transport is closed', async () => {
    const app = await run(
      topology('t', (t) => t.source('in').to('out')),
      { logger: silentLogger, signals: false },
    )
    await app.close()
    await expect(app.caughtUp()).rejects.toMatchObject({ code: 'LIFECYCLE_INVALID' })
  })
})

describe('metrics$', () => {
  it('reads at once, then every second, then at the end, and completes', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const clock = new ManualClock(5_000)
    const starting = run(
      topology('t', (t) => t.source('in').to('out')),
      { ...options, transport, clock },
    )
    await settled()
    await transport.assign(1, [partition])
    const app = await starting
    const readings = firstValueFrom(app.metrics$.pipe(toArray()))
    transport.deliver(recordBatchOf('in', 0, [{ offset: 0, value: 'x' }], { highWatermark: 9 }), 1)
    await settled()
    clock.advance(2_000)
    await app.close()
    const seen: readonly AppMetrics[] = await readings
    expect(seen.map((one) => [one.atMs, one.state])).toEqual([
      [5_000, 'running'],
      [6_000, 'running'],
      [7_000, 'running'],
      [7_000, 'closed'],
    ])
    expect(seen[1]?.tasks).toMatchObject([{ taskId: 'in_0', lagRecords: 8, positions: [{ ...partition, offset: 1 }] }])
    expect(seen[1]?.total('records-produced')).toBe(1)
  })
})
