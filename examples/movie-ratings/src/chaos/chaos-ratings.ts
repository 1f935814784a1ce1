import type { KeyedText } from '../generator/rating-feed.ts'
import { createRatings, type RatingMessage } from '../generator/ratings.ts'
import { seededRandom } from '../generator/seeded-random.ts'

/** A record of a chaos run: a rating, or something that is none. */
export interface ChaosRecord extends KeyedText {
  readonly key: string
  /** What the record says; undefined where it is no rating. */
  readonly rating: RatingMessage | undefined
}

export interface ChaosRatingsOptions {
  readonly seed: number
  readonly raters: readonly string[]
  readonly titles: readonly string[]
  /** Time of the first rating, ms since the epoch. */
  readonly startMs: number
}

const gapMs = 700
/** A correction repeats a rating that stands at least so many records before it, so that it has a later time. */
const correctionDistance = 2_000

const notRatings = [
  '{"name":',
  'null',
  '{"name":"Ann","movie":"Odd Socks","timestamp":"2025-03-27T09:00","rating":11}',
  '',
]

/**
 * Records of one seed, without end: ratings whose primary keys differ, about 2 % corrections of earlier ones (same
 * key, another mark: the later must win), about 0.5 % that are no ratings, and some of films that no catalogue has.
 */
export function* chaosRatings({ seed, raters, titles, startMs }: ChaosRatingsOptions): Generator<ChaosRecord> {
  const next = createRatings({ seed, raters, titles: [...titles, 'A Film That No Catalogue Has'] })
  const random = seededRandom(seed ^ 0x5eed)
  const recent: RatingMessage[] = []
  for (let made = 0; ; made++) {
    const chance = random()
    const rating = next(startMs + made * gapMs)
    if (chance < 0.005) {
      const value = notRatings[made % notRatings.length] ?? ''
      yield { key: rating.name, value, rating: undefined }
      continue
    }
    const old = chance < 0.025 && recent.length > correctionDistance ? recent.shift() : undefined
    const given = old === undefined ? rating : { ...old, rating: (old.rating % 10) + 1 }
    if (old === undefined) recent.push(rating)
    if (recent.length > 2 * correctionDistance) recent.splice(0, correctionDistance / 2)
    yield { key: given.name, value: JSON.stringify(given), rating: given }
  }
}
