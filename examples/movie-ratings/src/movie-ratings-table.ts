import { cassandraTable, int, text, timestamp } from 'millrace'

/** One row per rating, together by person and hour. Name, columns and key are those of the original system. */
export const movieRatingsTable = cassandraTable('netflix_ks.movie_ratings', {
  columns: {
    name: text(),
    hour_bucket: text(),
    timestamp: timestamp(),
    movie: text(),
    rating: int(),
    show_id: text(),
    director: text(),
    country: text(),
    release_year: int(),
    rating_category: text(),
    duration: int(),
  },
  partitionKey: ['name', 'hour_bucket'],
  clusteringKey: ['timestamp', 'movie'],
})
