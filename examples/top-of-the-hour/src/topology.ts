import { deadLetter, hours, json, minutes, string, topology, tumbling, untilWindowCloses } from 'millrace'
import { Rating, Stats, TopRow, User } from './schemas.ts'
import { invalidTopic, ratingsTopic, topTopic, usersTopic } from './topics.ts'

/** The aggregation, by name: where late ratings are counted. */
export const perHour = 'per-hour'

// #region topology
/** How each film was rated in each hour, and who liked it best: written once, when the hour is over. */
export const topOfTheHour = topology(
  'top-of-the-hour',
  (t) => {
    const users = t.table(usersTopic, { key: string(), value: json(User), store: 'users' })
    t.source(ratingsTopic, { key: string(), value: json(Rating), onInvalid: deadLetter(invalidTopic) })
      .groupByKey()
      .windowedBy(tumbling(hours(1), { grace: minutes(5) }))
      .aggregate({
        name: perHour,
        store: 'hourly',
        value: json(Stats),
        init: (): Stats => ({ ratings: 0, sum: 0, best: 0, fan: '' }),
        add: (stats, { user, rating }) => ({
          ratings: stats.ratings + 1,
          sum: stats.sum + rating,
          best: Math.max(stats.best, rating),
          fan: rating > stats.best ? user : stats.fan,
        }),
      })
      .suppress(untilWindowCloses())
      .toStream()
      .map(({ key, value }) => ({ key: value.fan, value: { ...value, film: key.key, from: key.window.start } }))
      .joinTable(users, {
        name: 'with-user',
        type: 'inner',
        select: ({ film, from, ratings, sum, fan }, { country }): TopRow => ({
          film,
          from,
          ratings,
          mean: sum / ratings,
          fan,
          country,
        }),
      })
      .to(topTopic, { value: json(TopRow) })
  },
  { onProcessError: deadLetter(invalidTopic) },
)
// #endregion
