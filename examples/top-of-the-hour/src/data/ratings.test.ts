import { describe, expect, it } from 'vitest'
import { seededRatings } from './ratings.ts'

const options = { seed: 7, count: 2_000, startMs: 1_000_000_000, durationMs: 6 * 3_600_000 }

describe('seededRatings', () => {
  it('gives the same for the same seed, and other ones for another', () => {
    const first = [...seededRatings(options)]
    expect([...seededRatings(options)]).toEqual(first)
    expect([...seededRatings({ ...options, seed: 8 })]).not.toEqual(first)
  })

  it('gives as many as asked for, with marks from 1 to 10, inside the time', () => {
    const ratings = [...seededRatings(options)]
    expect(ratings).toHaveLength(2_000)
    for (const { rating, atMs } of ratings) {
      expect(rating.rating).toBeGreaterThanOrEqual(1)
      expect(rating.rating).toBeLessThanOrEqual(10)
      expect(atMs).toBeGreaterThanOrEqual(options.startMs)
      expect(atMs).toBeLessThan(options.startMs + options.durationMs)
    }
  })

  it('lets some come late, few of them too late for the grace', () => {
    let latestMs = 0
    let [late, tooLate] = [0, 0]
    for (const { atMs } of seededRatings(options)) {
      if (atMs < latestMs) late++
      if (atMs < latestMs - 300_000) tooLate++
      latestMs = Math.max(latestMs, atMs)
    }
    expect(late).toBeGreaterThan(100)
    expect(tooLate).toBeGreaterThan(5)
    expect(tooLate).toBeLessThan(60)
  })
})
