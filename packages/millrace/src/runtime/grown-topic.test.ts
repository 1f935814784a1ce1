import { describe, expect, it } from 'vitest'
import { run, string, topology } from '../index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'

const options = { clock: new ManualClock(), logger: silentLogger, signals: false }
const counting = topology('counting', (t) => {
  t.source('in', { value: string() }).groupByKey().count({ store: 'counts' })
})
const copying = topology('copying', (t) => t.source('in', { value: string() }).to('out', { value: string() }))

/** Starts it on a topic that had one partition at the check and has two at the assignment. */
async function startOnGrown(of: typeof counting) {
  const transport = new ScriptedTransport({ in: 1, out: 1 })
  const starting = run(of, { ...options, transport })
  starting.catch(() => {})
  await new Promise((resolve) => {
    setTimeout(resolve, 20)
  })
  const partitions = [0, 1].map((partition) => ({ topic: 'in', partition }))
  try {
    return await transport.assign(1, partitions)
  } finally {
    transport.failStart('the test is over')
    await starting.then((app) => app.close()).catch(() => {})
  }
}

describe('a source topic that has grown', () => {
  it('ends an app with state, whose keys would be in the wrong tasks', async () => {
    await expect(startOnGrown(counting)).rejects.toMatchObject({
      code: 'PARTITIONS_DIFFER',
      what: "Topic 'in' had 1 partitions when the app started, and now has more",
    })
  })

  it('is read in full where there is no state', async () => {
    expect(await startOnGrown(copying)).toHaveLength(2)
  })
})
