import { describe, expect, it } from 'vitest'
import type { PartitionOffset, StateStore } from '../ports/index.ts'
import type { CommittedState, Task } from '../task/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ScriptedTransport } from '../testing/scripted-transport.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { restoreRanges } from './restore-ranges.ts'

const dayMs = 86_400_000
const spec = { storeName: 's', topic: 'app-s-changelog', config: {}, carriesTime: false, isSource: false }
const store = { name: 's' } as StateStore
const committedAt = (end: number): CommittedState => ({
  streamTimeMs: 0,
  changelogEnd: () => end,
  origins: () => new Map(),
  partitionTime: () => -1,
})

/** A task of one store, as far as ranges go by it. */
function taskAt(checkpoint: Buffer | undefined): Task {
  const parts = { partition: 0, changelogs: { specs: [spec] }, stores: new Map([['s', store]]) }
  return { ...parts, checkpoint: () => checkpoint, positionOf: () => undefined } as unknown as Task
}

function services(ends: readonly number[]) {
  const clock = new ManualClock(10 * dayMs)
  const asked: number[] = []
  const admin = {
    ...new ScriptedTransport({}).admin,
    stableOffsets: (of: readonly PartitionOffset[]) => {
      asked.push(clock.nowMs() - 10 * dayMs)
      const end = ends[Math.min(asked.length, ends.length) - 1]!
      return Promise.resolve(of.map((one) => ({ ...one, offset: end })))
    },
  }
  return { clock, asked, admin }
}

const { signal } = new AbortController()

/** Lets promises settle and time pass until there is an answer. */
async function answerOf<T>(clock: ManualClock, asking: Promise<T>): Promise<T> {
  let isDone = false
  const done = asking.finally(() => {
    isDone = true
  })
  done.catch(() => {})
  while (!isDone) {
    await clock.yield()
    clock.advance(100)
  }
  return done
}

describe('what is to be read of a changelog', () => {
  it('begins at a checkpoint and names what is behind the commit', async () => {
    const { admin, clock } = services([20])
    const checkpoint = writeCheckpoint(7, 9 * dayMs)
    expect(await restoreRanges(taskAt(checkpoint), committedAt(12), { admin, clock }, signal)).toEqual([
      { spec, store, from: 7, committedEnd: 12, logEnd: 20 },
    ])
  })

  it.each([
    ['beyond the commit', writeCheckpoint(13, 10 * dayMs)],
    ['older than tombstones are kept for', writeCheckpoint(7, 3 * dayMs)],
  ])('is all of it when a local store is %s', async (_why, checkpoint) => {
    const { admin, clock } = services([20])
    expect(await restoreRanges(taskAt(checkpoint), committedAt(12), { admin, clock }, signal)).toBe('ahead')
  })

  it('is waited for while an open transaction hides it', async () => {
    const { admin, clock, asked } = services([5, 5, 30])
    const ranges = await answerOf(clock, restoreRanges(taskAt(undefined), committedAt(12), { admin, clock }, signal))
    expect(ranges).toMatchObject([{ from: 0, committedEnd: 12, logEnd: 30 }])
    expect(asked).toHaveLength(3)
  })

  it('is an error when the log has lost what the commit names', async () => {
    const { admin, clock } = services([5])
    const asking = restoreRanges(taskAt(undefined), committedAt(12), { admin, clock }, signal)
    await expect(answerOf(clock, asking)).rejects.toMatchObject({
      code: 'CHANGELOG_TRUNCATED',
      what: 'A changelog ends at 5, and the last commit names 12: state has been lost',
      context: { topic: 'app-s-changelog', partition: 0 },
    })
    expect(clock.nowMs()).toBeGreaterThanOrEqual(10 * dayMs + 90_000)
  })
})
