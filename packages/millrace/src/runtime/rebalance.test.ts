import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embedded, json, run, topology, type App, type EmbeddedServer } from '../index.ts'
import type { TransportProducer } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'

const partitions = 4
const options = { logger: silentLogger, signals: false, commit: { maxRecords: 20, every: 10 } }

const copying = topology('copying', (t) => t.source('in', { value: json<number>() }).to('out'))
const slowly = topology('copying', (t) => {
  t.source('in', { value: json<number>() })
    .mapValuesAsync(
      async (n) => {
        for (let turn = 0; turn < n % 3; turn++) await Promise.resolve()
        return n
      },
      { concurrency: 3 },
    )
    .to('out')
})

class Input {
  readonly server: EmbeddedServer = embedded({ rebalanceTimeoutMs: 2_000 })
  #producer: TransportProducer | undefined
  sent = 0

  static async open(): Promise<Input> {
    const input = new Input()
    for (const topic of ['in', 'out']) input.server.createTopic(topic, { partitions })
    const transport = input.server.transport()
    await transport.connect()
    input.#producer = transport.producer({ clientId: 'test' })
    return input
  }

  /** Writes the next numbers; a number always goes to the same partition. */
  async send(count: number): Promise<void> {
    const batches = Array.from({ length: partitions }, (_, partition) => {
      const own = Array.from({ length: count }, (_, index) => this.sent + index).filter(
        (n) => n % partitions === partition,
      )
      const records = own.map((n) => ({
        key: Buffer.from(`${partition}`),
        value: Buffer.from(`${n}`),
        timestamp: n,
        headers: [],
      }))
      return { topic: 'in', partition, records }
    })
    this.sent += count
    await this.#producer!.send(batches.filter(({ records }) => records.length > 0))
  }

  start(of = copying): Promise<App> {
    return run(of, { embedded: this.server, ...options })
  }

  async output(): Promise<number[]> {
    const seen: number[] = []
    const reader = topology(`reader-${this.sent}`, (t) =>
      t.source('out', { value: json<number>() }).forEach((n) => seen.push(n)),
    )
    const app = await run(reader, { embedded: this.server, ...options })
    await app.caughtUp()
    await app.close()
    return seen
  }

  get all(): number[] {
    return Array.from({ length: this.sent }, (_, n) => n)
  }
}

const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b)
const tasksOf = (app: App): string[] => app.metrics().tasks.map((task) => task.taskId)

/** Resolves when an app has that many tasks and reads. */
async function untilTasks(app: App, count: number): Promise<void> {
  while (tasksOf(app).length !== count || app.state !== 'running') {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

describe('several apps of one group', () => {
  it('share the tasks, and hand them over without loss or repetition when one leaves', async () => {
    const input = await Input.open()
    const first = await input.start()
    await input.send(200)
    const second = await input.start()
    await untilTasks(first, 2)
    await input.send(200)
    expect(
      sorted([...tasksOf(first), ...tasksOf(second)].map((id) => Number(id.slice(id.lastIndexOf('_') + 1)))),
    ).toEqual([0, 1, 2, 3])
    await first.close()
    await input.send(200)
    await second.caughtUp()
    expect(tasksOf(second)).toHaveLength(4)
    await second.close()
    expect(sorted(await input.output())).toEqual(input.all)
  })

  it('leave members without tasks in the group until there is one for them', async () => {
    const input = await Input.open()
    const apps = [await input.start(), await input.start(), await input.start(), await input.start()]
    const spare = await input.start()
    for (const app of apps) await untilTasks(app, 1)
    expect([spare.state, tasksOf(spare)]).toEqual(['running', []])
    await apps[0]!.close()
    await untilTasks(spare, 1)
    await input.send(40)
    await spare.caughtUp()
    for (const app of [spare, ...apps.slice(1)]) await app.close()
    expect(sorted(await input.output())).toEqual(input.all)
  })
})

describe('an app whose group or server is disturbed', () => {
  it('goes on after its session has timed out, from what is committed', async () => {
    const input = await Input.open()
    const app = await input.start()
    await input.send(100)
    await app.caughtUp()
    input.server.expelMembers('copying')
    await input.send(100)
    await app.caughtUp()
    await app.close()
    expect(sorted(new Set(await input.output()))).toEqual(input.all)
    expect(app.metrics().total('rebalances')).toBeGreaterThanOrEqual(1)
  })

  it('waits for a server that is away, and goes on when it is back', async () => {
    const input = await Input.open()
    const app = await input.start()
    await input.send(100)
    await app.caughtUp()
    input.server.disconnect()
    const sending = input.send(100)
    const caughtUp = app.caughtUp()
    input.server.reconnect()
    await sending
    await caughtUp
    await app.caughtUp()
    await app.close()
    expect(sorted(await input.output())).toEqual(input.all)
  })

  it('loses nothing, and keeps each partition in order, whatever members and server do', async () => {
    const event = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 60 }) }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), isSlow: fc.boolean() }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'expel' as const, 'turn' as const) }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 14 }), async (events) => {
        const input = await Input.open()
        const apps: App[] = [await input.start()]
        const ending: Promise<void>[] = []
        for (const one of events) {
          if (one.kind === 'send') await input.send(one.count)
          else if (one.kind === 'join') apps.push(await input.start(one.isSlow ? slowly : copying))
          else if (one.kind === 'leave' && apps.length > 1) ending.push(apps.shift()!.close())
          else if (one.kind === 'expel') input.server.expelMembers('copying')
          else await new Promise((resolve) => setImmediate(resolve))
        }
        await apps[0]!.caughtUp()
        await Promise.all([...ending, ...apps.map((app) => app.close())])
        const seen = await input.output()
        expect(sorted(new Set(seen))).toEqual(input.all)
        for (let partition = 0; partition < partitions; partition++) {
          const firsts = [...new Set(seen.filter((n) => n % partitions === partition))]
          expect(firsts).toEqual(sorted(firsts))
        }
      }),
      { numRuns: 25 },
    )
  })
})
