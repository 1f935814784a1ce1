import { describe, expect, it } from 'vitest'
import { compile } from '../compile/index.ts'
import { run, string, topology } from '../index.ts'
import { createMemoryStores } from '../state/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'
import { ChangelogReader } from './changelog-reader.ts'
import { Standbys } from './standbys.ts'

const counting = topology('counting', (t) => {
  t.source('in', { key: string(), value: string() }).groupByKey().count({ store: 'n' })
})
const partitions = [{ topic: 'in', partition: 0 }]

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

describe('a member that closes', () => {
  it('leaves no timer behind when a last assignment comes while it leaves', async () => {
    const transport = new ScriptedTransport({ in: 1 }, { 'counting-n-changelog/0': [0, 5] })
    const clock = new ManualClock()
    const starting = run(counting, { transport, clock, logger: silentLogger, signals: false })
    await settled()
    await transport.assign(1, partitions)
    const app = await starting
    transport.hooks.stop = async () => {
      await transport.assign(2, partitions)
    }
    await app.close()
    expect(clock.waiting).toBe(0)
  })

  it('asks no more what is committed for its standby replicas', async () => {
    const transport = new ScriptedTransport({ in: 1 })
    const clock = new ManualClock()
    let answer = (): void => {}
    const standbys = new Standbys({
      applicationId: 'counting',
      topology: compile(counting.plan, { applicationId: 'counting' }),
      partitionCounts: new Map([['in', 1]]),
      admin: {
        ...transport.admin,
        committed: () =>
          new Promise((resolve) => {
            answer = () => resolve([])
          }),
      },
      reader: new ChangelogReader(transport, 'counting'),
      clock,
      logger: silentLogger,
      pollMs: 100,
      openStores: () => createMemoryStores(),
    })
    standbys.set(['in_0'])
    clock.advance(100)
    standbys.close()
    answer()
    await settled()
    expect(clock.waiting).toBe(0)
  })
})
