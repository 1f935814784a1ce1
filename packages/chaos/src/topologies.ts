import { days, hours, integer, json, minutes, string, topology, tumbling, untilWindowCloses } from 'millrace'

export const topologyNames = ['by-key', 'by-film', 'suppressed'] as const
export type TopologyName = (typeof topologyNames)[number]

export type Storage = 'memory' | 'persistent'

export interface ChaosRating {
  readonly film: string
  readonly stars: number
}

/** The topics of one run, named after it: runs can follow each other on the same broker. */
export interface RunTopics {
  readonly ratings: string
  readonly counts: string
}

export const storeName = 'hourly'

export function topicsOf(applicationId: string): RunTopics {
  return { ratings: `${applicationId}-ratings`, counts: `${applicationId}-counts` }
}

/** Longer than the ratings of any run: nothing is ever too late, so an exact count is the same in whatever order. */
const forEver = days(400)
/** Of the suppressed topology, where some ratings come later than that. */
export const graceMs = minutes(5)

/**
 * How many ratings each hour brought: by user, who is the topic's own key; by film, through a repartition topic; or by
 * user, once an hour is over.
 */
export function chaosTopology(name: TopologyName, storage: Storage, topics: RunTopics) {
  return topology(`chaos-${name}`, (t) => {
    const ratings = t.source(topics.ratings, { key: string(), value: json<ChaosRating>() })
    const grouped = name === 'by-film' ? ratings.groupBy((rating) => rating.film) : ratings.groupByKey()
    const grace = name === 'suppressed' ? graceMs : forEver
    const counts = grouped
      .windowedBy(tumbling(hours(1), { grace }))
      .count({ store: storeName, storage, retention: forEver + hours(1) })
    const results = name === 'suppressed' ? counts.suppress(untilWindowCloses()) : counts
    results
      .toStream()
      .map(({ key, value }) => ({ key: countName(key.key, key.window.start), value }))
      .to(topics.counts, { key: string(), value: integer() })
  })
}

/** What a count is of: a user or film, and an hour. */
export function countName(key: string, hourMs: number): string {
  return `${key}@${new Date(hourMs).toISOString().slice(0, 13)}`
}
