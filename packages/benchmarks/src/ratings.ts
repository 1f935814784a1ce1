import {
  catalogue,
  createRatings,
  defaultCatalogueFile,
  raters,
  type RatingMessage,
  readTitles,
} from '@millrace/example-movie-ratings'
import { BenchmarkError } from './benchmark-error.ts'
import { warningsLogger } from './warnings-logger.ts'

/** A set of ratings: the same ones wherever it is made. */
export interface RatingSet {
  readonly count: number
  /** Simulated time between two ratings. */
  readonly gapMs: number
  /** Where it begins in the simulated time, ms. Default: 2025. */
  readonly startMs?: number
}

const people = raters()
const standardStartMs = Date.UTC(2025, 0, 1)
const hourMs = 3_600_000

/** The gap at which each person rates so often in an hour, which is how many rows a partition of the table gets. */
export function gapMs(ratingsPerPersonAndHour: number): number {
  return hourMs / ratingsPerPersonAndHour / people.length
}

/** The ratings of a set, as the example's producer makes them. */
export async function* ratingsOf({
  count,
  gapMs,
  startMs = standardStartMs,
}: RatingSet): AsyncGenerator<RatingMessage> {
  const titles = await readTitles({ catalogue: defaultCatalogueFile })
  const next = createRatings({ seed: 1, raters: people, titles })
  for (let made = 0; made < count; made++) yield next(Math.floor(startMs + made * gapMs))
}

/** A rating with its hour and its film, as the example's topology puts it out. */
export type EnrichedRating = Readonly<Record<string, unknown>> & { readonly name: string; readonly rating: number }

/** The work of the example's topology as one would write it by hand, without any checking. */
export async function createEnrich(): Promise<(rating: RatingMessage) => EnrichedRating> {
  const table = catalogue().open(warningsLogger)
  const faults = await table.load()
  table.close()
  if (faults.length > 0) throw new BenchmarkError('the catalogue cannot be read')
  const films = new Map<string, object | undefined>()
  return ({ name, movie, timestamp, rating }) => {
    let film = films.get(movie)
    if (film === undefined) {
      film = table.get(movie)[0] ?? {}
      films.set(movie, film)
    }
    const hour_bucket = `${timestamp.slice(0, 10)} ${timestamp.slice(11, 13)}:00`
    // spreading two objects into one is many times slower on Node 20
    return Object.assign({ name, movie, timestamp: Date.parse(`${timestamp}Z`), rating, hour_bucket }, film)
  }
}
