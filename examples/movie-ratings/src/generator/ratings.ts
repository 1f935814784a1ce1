import { seededRandom } from './seeded-random.ts'

/** A rating as it stands in the topic: JSON with exactly these fields. */
export interface RatingMessage {
  readonly name: string
  readonly movie: string
  /** ISO 8601 in UTC without an offset, with microseconds: 2025-03-27T09:56:10.841672 */
  readonly timestamp: string
  /** 1 to 10 */
  readonly rating: number
}

export interface RatingsOptions {
  readonly seed: number
  readonly raters: readonly string[]
  readonly titles: readonly string[]
}

/** Makes one rating after the other, of the raters in turn. `atMs` is when it was given, ms since the epoch. */
export type NextRating = (atMs: number) => RatingMessage

/** The ratings of one seed: a film and a mark by chance, the same ones in every run. */
export function createRatings({ seed, raters, titles }: RatingsOptions): NextRating {
  const random = seededRandom(seed)
  let made = 0
  return (atMs) => {
    const name = raters[made % raters.length] ?? ''
    made += 1
    const movie = titles[Math.floor(random() * titles.length)] ?? ''
    const rating = 1 + Math.floor(random() * 10)
    const micros = Math.floor(random() * 1000)
    return { name, movie, timestamp: isoMicros(atMs, micros), rating }
  }
}

function isoMicros(atMs: number, micros: number): string {
  return `${new Date(atMs).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}`
}
