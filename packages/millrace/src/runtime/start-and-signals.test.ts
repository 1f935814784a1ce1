import { afterEach, describe, expect, it } from 'vitest'
import { run, string, topology, type App, type RunOptions } from '../index.ts'
import { StreamsError } from '../errors/index.ts'
import type { TopicPartition } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ScriptedTables } from '../testing/scripted-tables.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'

const p = (partition: number): TopicPartition => ({ topic: 'in', partition })
const copying = topology('copying', (t) => t.source('in', { value: string() }).to('out', { value: string() }))
/** Lets everything run that waits for nothing but its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

const transportFailed = (retriable: boolean) =>
  new StreamsError({ code: 'TRANSPORT_FAILED', what: 'the coordinator is gone', hint: 'Wait.', retriable })

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

describe('starting', () => {
  it('leaves nothing behind when the group cannot be joined', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const clock = new ManualClock()
    const starting = run(copying, { transport, clock, logger: silentLogger })
    await settled()
    await transport.assign(1, [p(0)], { isReading: false })
    transport.failStart(transportFailed(false))
    await expect(starting).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    expect([transport.isClosed, clock.waiting]).toEqual([true, 0])
  })

  it('rejects with the error of the group, before the first assignment', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const starting = run(copying, { transport, logger: silentLogger, signals: false })
    await settled()
    transport.failStart(transportFailed(false))
    await expect(starting).rejects.toMatchObject({ code: 'TRANSPORT_FAILED' })
    expect(transport.isClosed).toBe(true)
  })

  it('rejects with what failed meanwhile, also when closing takes too long', async () => {
    const transport = new ScriptedTransport({ in: 1 }, { 'counting-n-changelog/0': [0, 5] })
    const counting = topology('counting', (t) => {
      t.source('in', { key: string(), value: string() }).groupByKey().count({ store: 'n' })
    })
    const clock = new ManualClock()
    transport.hooks.stop = () => new Promise(() => {})
    const starting = run(counting, { transport, clock, logger: silentLogger, signals: false, closeTimeout: 1_000 })
    const outcome = starting.catch((thrown: unknown) => thrown)
    await settled()
    await transport.assign(1, [p(0)], { isReading: false })
    await settled()
    const changelog = { topic: 'counting-n-changelog', partition: 0 }
    transport.readers[0]!.listener.onFailed(transportFailed(false), changelog)
    await settled()
    clock.advance(1_000)
    await settled()
    expect(await outcome).toMatchObject({ code: 'TRANSPORT_FAILED' })
  })
})

describe('signals', () => {
  it('close the app, and have their default effect again afterwards', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    const before = process.listenerCount('SIGTERM')
    const { app } = await start(copying, transport, [p(0)], { signals: true })
    expect(process.listenerCount('SIGTERM')).toBe(before + 1)
    process.emit('SIGTERM')
    expect(process.listenerCount('SIGTERM')).toBe(before)
    await app.closed
    expect(app.state).toBe('closed')
  })

  it('end a start that waits for its group', async () => {
    const transport = new ScriptedTransport({ in: 1, out: 1 })
    transport.hooks.stop = () => {
      transport.failStart(new StreamsError({ code: 'TRANSPORT_CLOSED', what: 'stopped', hint: 'Start again.' }))
      return Promise.resolve()
    }
    const starting = run(copying, { transport, logger: silentLogger })
    await settled()
    process.emit('SIGINT')
    await expect(starting).rejects.toMatchObject({ code: 'LIFECYCLE_INVALID' })
    expect(transport.isClosed).toBe(true)
  })
})
