/** Ratings, keyed by film. */
export const ratingsTopic = 'ratings'

/** People, keyed by name: the latest record counts. Must have as many partitions as the results that it is joined with. */
export const usersTopic = 'users'

/** The results, keyed by fan. */
export const topTopic = 'top-of-the-hour'

/** What is no rating. */
export const invalidTopic = 'ratings.invalid'
