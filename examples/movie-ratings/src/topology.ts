import { deadLetter, seconds, topology, type Topology } from 'millrace'
import { catalogue, type Catalogue } from './catalogue.ts'
import { movieRatingsTable } from './movie-ratings-table.ts'
import { Rating } from './rating.ts'
import { invalidTopic, ratingsTopic } from './topics.ts'

export interface MovieRatingsOptions {
  /** The films to join with. Default: the project's own catalogue. */
  readonly films?: Catalogue
  /** Longest time a row waits before it is written, ms. Default 30 s, as in the original system. */
  readonly every?: number
}

// #region topology
/** From the topic to the table: ratings by hour, each with what the catalogue knows about its film. */
export function movieRatings({ films = catalogue(), every = seconds(30) }: MovieRatingsOptions = {}): Topology {
  return topology('movie-ratings', (t) => {
    t.source(ratingsTopic)
      .parse(Rating, { onInvalid: deadLetter(invalidTopic) })
      .windowByHour({ at: (rating) => rating.timestamp, zone: 'UTC', as: 'hour_bucket' })
      .joinTable(films, { type: 'left', on: (rating) => rating.movie })
      .sinkCassandra(movieRatingsTable, { every })
  })
}
// #endregion

export default movieRatings()
