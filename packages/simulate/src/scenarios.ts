import { movieRatings } from '@millrace/example-movie-ratings'
import {
  json,
  lookupTable,
  minutes,
  seconds,
  string,
  topology,
  type Topology,
  tumbling,
  untilWindowCloses,
} from 'millrace'
import type { InputSource, OutputCheck } from 'millrace/testing'

/** A topology with what is sent to it. */
export interface Scenario {
  readonly name: string
  create(storage: 'memory' | 'persistent'): Topology
  readonly inputs: Readonly<Record<string, InputSource>>
  readonly outputs?: Readonly<Record<string, OutputCheck>>
}

interface Rating {
  readonly film: string
  readonly stars: number
}

// many are met once or twice: what is written wrongly for one of them is not written again
const users = Array.from({ length: 26 }, (_, index) => `user ${'abcdefghijklmnopqrstuvwxyz'.charAt(index)}`)
const films = ['Alien', 'Brazil', 'Casablanca', 'Dune']

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

const ratings: InputSource = (random) => ({
  key: pick(random, users),
  value: { film: pick(random, films), stars: 1 + Math.floor(random() * 9) },
})

const count: Scenario = {
  name: 'count',
  create: (storage) =>
    topology('count', (t) => {
      t.source('ratings', { key: string(), value: json<Rating>() })
        .groupByKey()
        .count({ store: 'per-user', storage })
        .toStream()
        .to('counts', { value: json() })
    }),
  inputs: { ratings },
}

const suppressed: Scenario = {
  name: 'suppress',
  create: (storage) =>
    topology('suppress', (t) => {
      t.source('ratings', { key: string(), value: json<Rating>() })
        .groupByKey()
        .windowedBy(tumbling(seconds(20), { grace: seconds(3) }))
        .count({ store: 'windowed', storage })
        .suppress(untilWindowCloses())
        .toStream()
        .map(({ key, value }) => ({ key: key.key, value: { from: key.window.start, count: value } }))
        .to('closed', { key: string(), value: json() })
    }),
  inputs: { ratings },
}

const streamJoin: Scenario = {
  name: 'stream-join',
  create: (storage) =>
    topology('stream-join', (t) => {
      const clicks = t.source('clicks', { key: string(), value: json<number>() })
      t.source('views', { key: string(), value: json<number>() })
        .joinStream(clicks, {
          type: 'inner',
          within: seconds(10),
          grace: minutes(60),
          select: (view, click) => ({ view, click }),
          store: 'joined',
          storage,
        })
        .to('pairs', { key: string(), value: json() })
    }),
  inputs: {
    views: (random, index) => ({ key: pick(random, users), value: index }),
    clicks: (random, index) => ({ key: pick(random, users), value: index }),
  },
  // both inputs go on as they come: which pair is first is nobody's decision
  outputs: { pairs: 'set' },
}

const foreignKeyJoin: Scenario = {
  name: 'foreign-key',
  create: (storage) =>
    topology('foreign-key', (t) => {
      const directors = t.table('films', { key: string(), value: json<string>(), store: 'films', storage })
      t.table('favourites', { key: string(), value: json<string>(), store: 'favourites', storage })
        .joinTable(directors, {
          type: 'inner',
          on: (film) => film,
          select: (film, director) => ({ film, director }),
          store: 'with-director',
          storage,
        })
        .toStream()
        .to('directed', { key: string(), value: json() })
    }),
  inputs: {
    films: (random, index) => ({ key: pick(random, films), value: random() < 0.1 ? null : `director ${index}` }),
    favourites: (random) => ({ key: pick(random, users), value: pick(random, films) }),
  },
}

const repartitioned: Scenario = {
  name: 'repartition',
  create: (storage) =>
    topology('repartition', (t) => {
      t.source('ratings', { key: string(), value: json<Rating>() })
        .groupBy((rating) => rating.film)
        .count({ store: 'per-film', storage })
        .toStream()
        .to('films-counted', { value: json() })
    }),
  inputs: { ratings },
}

const movie: Scenario = {
  name: 'movie-ratings',
  create: () =>
    movieRatings({
      every: seconds(2),
      films: lookupTable(
        'films',
        films.map((film, index) => [film, filmRow(index)]),
      ),
    }),
  inputs: {
    test: (random, index) => ({
      key: null,
      value: random() < 0.05 ? 'not a rating' : rated(random, index),
    }),
  },
}

function filmRow(index: number) {
  const unknown = undefined
  return {
    show_id: `s${index}`,
    director: unknown,
    country: unknown,
    release_year: 1970 + index,
    rating_category: unknown,
    duration: 100 + index,
  }
}

function rated(random: () => number, index: number) {
  return {
    name: pick(random, users),
    movie: pick(random, [...films, 'Unknown']),
    timestamp: new Date(Date.UTC(2025, 2, 27, 9, index % 50, index % 7)).toISOString().slice(0, -1),
    rating: 1 + Math.floor(random() * 10),
  }
}

/** By name, in the order in which they run. */
export const scenarios: readonly Scenario[] = [count, suppressed, streamJoin, foreignKeyJoin, repartitioned, movie]
