import type { Rating } from '../schemas.ts'
import { films } from './films.ts'
import { guests, users } from './people.ts'
import { seededRandom } from './seeded-random.ts'

/** A rating on its way to the topic. */
export interface RatingRecord {
  readonly film: string
  readonly rating: Rating
  /** When it was given, ms since the epoch. */
  readonly atMs: number
}

export interface RatingsOptions {
  readonly seed: number
  readonly count: number
  /** The simulated time over which they arrive. */
  readonly startMs: number
  readonly durationMs: number
}

const minuteMs = 60_000

/**
 * Ratings in the order in which they arrive, the same for the same seed. Most are as old as they arrive, some minutes
 * late, which the grace forgives, and a few far too late. Earlier films of the list are rated more often.
 */
export function* seededRatings({ seed, count, startMs, durationMs }: RatingsOptions): Generator<RatingRecord> {
  const random = seededRandom(seed)
  const people = [...users.keys(), ...guests]
  const below = (limit: number): number => Math.floor(random() * limit)
  for (let made = 0; made < count; made++) {
    const arrivedMs = startMs + Math.floor((made * durationMs) / count)
    const film = Math.floor(random() ** 1.5 * films.length)
    const delayMs = delayOf(random(), below)
    // every film has a mark around which its ratings lie
    const mark = 3 + ((film * 7) % 6) + below(5) - 2
    yield {
      film: films[film]!,
      rating: { user: people[below(people.length)]!, rating: Math.min(10, Math.max(1, mark)) },
      atMs: Math.max(startMs, arrivedMs - delayMs),
    }
  }
}

function delayOf(chance: number, below: (limit: number) => number): number {
  if (chance > 0.1) return 0
  return chance > 0.01 ? below(4 * minuteMs) : 10 * minuteMs + below(60 * minuteMs)
}
