import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../ports/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { TimeSlices } from './time-slices.ts'

let nowMs: number
let slices: TimeSlices
/** Turns of the event loop so far. */
let turns: number
let next: NodeJS.Immediate
beforeEach(() => {
  nowMs = 0
  turns = 0
  const yields = new ManualClock()
  slices = new TimeSlices({ nowMs: () => nowMs, yield: () => yields.yield(), schedule: () => () => {} } satisfies Clock)
  const turn = (): void => {
    turns++
    next = setImmediate(turn)
  }
  next = setImmediate(turn)
})
afterEach(() => clearImmediate(next))

function turnsOf(workMs: readonly number[]): Promise<readonly number[]> {
  return Promise.all(
    workMs.map((ms) =>
      slices.run(() => {
        nowMs += ms
        return turns
      }),
    ),
  )
}

describe('pieces of work of several tasks', () => {
  it('follow each other at once while they are short', async () => {
    expect(await turnsOf([1, 1, 1])).toEqual([0, 0, 0])
  })

  it('leave the event loop a turn behind each that is long', async () => {
    const seen = await turnsOf([50, 50, 50])
    expect(new Set(seen).size).toBe(3)
  })

  it('go on behind one that throws', async () => {
    const thrown = slices.run(() => {
      nowMs += 50
      throw new RangeError('no')
    })
    await expect(thrown).rejects.toThrow('no')
    expect(await turnsOf([1])).not.toEqual([0])
  })
})
