// #region readme
import { hours, json, minutes, topology, tumbling } from 'millrace'
import { z } from 'zod'

const Rating = z.object({ film: z.string(), rating: z.number() })

export const filmsByHour = topology('films-by-hour', (t) => {
  t.source('ratings', { value: json(Rating) })
    .groupBy((rating) => rating.film)
    .windowedBy(tumbling(hours(1), { grace: minutes(5) }))
    .aggregate({
      init: () => ({ count: 0, sum: 0 }),
      add: (seen, { rating }) => ({ count: seen.count + 1, sum: seen.sum + rating }),
      emit: 'on-window-close',
    })
    .toStream()
    .map(({ key, value }) => ({ key: key.key, value: { hour: key.window.start, mean: value.sum / value.count } }))
    .to('films-by-hour')
})
// #endregion
