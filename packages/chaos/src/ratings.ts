import type { ChaosRating } from './topologies.ts'

export interface TimedRating extends ChaosRating {
  readonly user: string
  readonly atMs: number
}

const startMs = Date.UTC(2025, 2, 27)
/** The hours that a run's ratings lie in, whatever their number. */
const spanMs = 48 * 3_600_000
const users = 400
const films = 60
/** A rating in so many comes late by up to so long. */
const lateEvery = 50
const longestLateMs = 20 * 60_000

/** So many ratings of one seed, in the order in which they are sent; their times mostly rise. */
export function* chaosRatings(seed: number, count: number): Generator<TimedRating> {
  const random = seededRandom(seed)
  for (let made = 0; made < count; made++) {
    const late = random() * lateEvery < 1 ? random() * longestLateMs : 0
    yield {
      user: `user-${Math.floor(random() * users)}`,
      film: `film-${Math.floor(random() ** 2 * films)}`,
      stars: 1 + Math.floor(random() * 10),
      atMs: startMs + Math.max(0, Math.floor((made * spanMs) / count - late)),
    }
  }
}

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
