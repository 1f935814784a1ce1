import type { Table } from 'millrace'
import type { movieRatingsTable } from './movie-ratings-table.ts'

export type MovieRatings = Table<typeof movieRatingsTable>

export interface PersonAndHour {
  readonly name: string
  /** yyyy-MM-dd HH:00, UTC */
  readonly hour_bucket: string
}

/** A mean, as CQL's avg() gives it for an int column (truncated; 0 for no rows at all) and as it is. */
export interface Mean {
  readonly truncated: number
  readonly exact: number
}

/** The mean rating that a person gave in an hour. */
export function averageRating(table: MovieRatings, of: PersonAndHour): Promise<Mean> {
  return mean(table, of, 'rating')
}

/** The mean duration of the films that a person rated in an hour, minutes; a film counts once per rating. */
export function averageDuration(table: MovieRatings, of: PersonAndHour): Promise<Mean> {
  return mean(table, of, 'duration')
}

/** The films that a person rated in an hour, in the order of the ratings. */
export async function films(table: MovieRatings, of: PersonAndHour): Promise<readonly string[]> {
  const rows = await table.partition(of).select('movie')
  return rows.map((row) => row.movie)
}

async function mean(table: MovieRatings, of: PersonAndHour, column: 'rating' | 'duration'): Promise<Mean> {
  const partition = table.partition(of)
  const [truncated, exact] = await Promise.all([partition.avg(column), partition.exactAvg(column)])
  return { truncated, exact }
}
