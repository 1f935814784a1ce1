import { describe, expect, it } from 'vitest'
import type { PartitionOffset } from '../ports/index.ts'
import { silentLogger } from '../testing/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'
import { Purge } from './purge.ts'

describe('purge', () => {
  it('deletes committed records of internal topics alone, at most every 30 s', () => {
    const clock = new ManualClock()
    const deleted: (readonly PartitionOffset[])[] = []
    const admin = {
      ...new ScriptedTransport({}).admin,
      deleteRecords: (below: readonly PartitionOffset[]) => {
        deleted.push(below)
        return Promise.resolve()
      },
    }
    const purge = new Purge(['internal'], admin, clock, silentLogger)
    const committed = [
      { topic: 'internal', partition: 0, offset: 7 },
      { topic: 'internal', partition: 1, offset: 0 },
      { topic: 'input', partition: 0, offset: 9 },
    ]
    purge.below(committed)
    clock.advance(30_000)
    purge.below(committed)
    purge.below(committed)
    expect(deleted).toEqual([[{ topic: 'internal', partition: 0, offset: 7 }]])
  })
})
