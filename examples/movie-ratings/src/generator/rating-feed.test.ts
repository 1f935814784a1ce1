import type { Clock } from 'millrace/ports'
import { describe, expect, it } from 'vitest'
import { pacedRatings, simulatedRatings, type RatingFeed } from './rating-feed.ts'
import { createRatings } from './ratings.ts'

const startMs = Date.parse('2025-03-27T08:00:00Z')
const next = () => createRatings({ seed: 1, raters: ['Ann', 'Ben'], titles: ['One'] })

/** Time that goes on only by waiting for it. */
function waitingClock(): Clock & { nowMs(): number } {
  let nowMs = startMs
  return {
    nowMs: () => nowMs,
    schedule(delayMs, callback) {
      let isCancelled = false
      queueMicrotask(() => {
        if (isCancelled) return
        nowMs += delayMs
        callback()
      })
      return () => (isCancelled = true)
    },
    yield: () => Promise.resolve(),
  }
}

async function timesOf(feed: RatingFeed): Promise<string[][]> {
  const batches: string[][] = []
  for await (const batch of feed)
    batches.push(batch.map(({ value }) => (JSON.parse(value) as { timestamp: string }).timestamp.slice(11, 23)))
  return batches
}

describe('pacedRatings', () => {
  it('sends each rating when it is due', async () => {
    const { signal } = new AbortController()
    const feed = pacedRatings({ next: next(), clock: waitingClock(), gapMs: 30_000, count: 3, signal })
    expect(await timesOf(feed)).toEqual([['08:00:00.000'], ['08:00:30.000'], ['08:01:00.000']])
  })

  it('sends as fast as it can, in bounded batches, when there is no gap', async () => {
    const { signal } = new AbortController()
    const feed = pacedRatings({ next: next(), clock: waitingClock(), gapMs: 0, count: 1200, signal })
    expect((await timesOf(feed)).map((batch) => batch.length)).toEqual([500, 500, 200])
  })

  it('ends when it is told to, also while it waits', async () => {
    const controller = new AbortController()
    const clock = { ...waitingClock(), schedule: () => (controller.abort(), () => {}) }
    const feed = pacedRatings({ next: next(), clock, gapMs: 1000, count: 10, signal: controller.signal })
    expect(await timesOf(feed)).toEqual([['08:00:00.000']])
  })
})

describe('simulatedRatings', () => {
  it('spreads ratings over time without waiting', async () => {
    const { signal } = new AbortController()
    const feed = simulatedRatings({ next: next(), startMs, gapMs: 30_000, count: 3, signal })
    expect(await timesOf(feed)).toEqual([['08:00:00.000', '08:00:30.000', '08:01:00.000']])
  })

  it('keys each record by the name of the rater', async () => {
    const { signal } = new AbortController()
    for await (const batch of simulatedRatings({ next: next(), startMs, gapMs: 1, count: 4, signal }))
      expect(batch.map(({ key }) => key)).toEqual(['Ann', 'Ben', 'Ann', 'Ben'])
  })
})
