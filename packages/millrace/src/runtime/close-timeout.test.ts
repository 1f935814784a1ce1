import { expect, it } from 'vitest'
import { embedded, run, type RunOptions, string, topology } from '../index.ts'
import { silentLogger } from '../testing/index.ts'
import { Random } from '../testing/simulation/random.ts'
import { SeededClock } from '../testing/simulation/seeded-clock.ts'

const counting = topology('counting', (t) => {
  t.source('in', { key: string(), value: string() }).groupByKey().count({ store: 'n' })
})

/** Lets time pass until the promise has settled. */
async function passing<T>(clock: SeededClock, promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settled = (): void => {
    isSettled = true
  }
  promise.then(settled, settled)
  await clock.runUntil(() => isSettled, clock.nowMs() + 600_000)
  return promise
}

it.each(['at-least-once', 'exactly-once'] as const)(
  'commits nothing for tasks that it gave up when closing took too long (%s)',
  async (guarantee) => {
    const clock = new SeededClock(new Random(1), 0)
    let isSlow = false
    const server = embedded({
      clock,
      faults: {
        before: ({ kind }) => (isSlow && kind === 'produce' ? { kind: 'delay', ms: 3_000 } : null),
      },
    })
    server.createTopic('in', { partitions: 1 })
    const transport = server.transport()
    await transport.connect()
    const record = { key: Buffer.from('a'), value: Buffer.from('v'), timestamp: 0, headers: [] }
    await passing(
      clock,
      transport.producer({ clientId: 'test' }).send([{ topic: 'in', partition: 0, records: [record, record, record] }]),
    )
    const options: RunOptions = {
      embedded: server,
      clock,
      guarantee,
      commit: { every: 60_000 },
      closeTimeout: 1_000,
      logger: silentLogger,
      signals: false,
    }
    const first = await passing(clock, run(counting, options))
    await passing(clock, clock.sleep(100))
    isSlow = true
    await expect(passing(clock, first.close())).rejects.toMatchObject({ code: 'CLOSE_TIMED_OUT' })
    await passing(clock, clock.sleep(20_000))
    isSlow = false
    const second = await passing(clock, run(counting, options))
    await passing(clock, second.caughtUp())
    expect(second.store('n').get('a')).toBe(3)
    await passing(clock, second.close())
  },
)
