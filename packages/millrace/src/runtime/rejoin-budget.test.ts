import { describe, expect, it } from 'vitest'
import { StreamsError } from '../errors/index.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { RejoinBudget } from './rejoin-budget.ts'

const fenced = new StreamsError({ code: 'PRODUCER_FENCED', what: 'fenced', hint: 'Go on.' })

async function spend(budget: RejoinBudget, clock: ManualClock, times: number): Promise<number[]> {
  const waited: number[] = []
  for (let time = 0; time < times; time++) {
    const before = clock.nowMs()
    const waiting = budget.wait(fenced)
    while (clock.waiting > 0) clock.advance(100)
    await waiting
    waited.push(clock.nowMs() - before)
  }
  return waited
}

describe('rejoin budget', () => {
  it('waits longer and longer, then gives up with the cause', async () => {
    const clock = new ManualClock()
    const budget = new RejoinBudget(clock)
    expect(await spend(budget, clock, 10)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000])
    await expect(budget.wait(fenced)).rejects.toMatchObject({ code: 'CONSUMER_FAILED', cause: fenced })
  })

  it('begins anew after a commit', async () => {
    const clock = new ManualClock()
    const budget = new RejoinBudget(clock)
    await spend(budget, clock, 9)
    budget.succeeded()
    expect(await spend(budget, clock, 1)).toEqual([100])
  })
})
