import { fileURLToPath } from 'node:url'
import { connectTransport, embedded, openTable, run, systemClock } from 'millrace'
import { describe, expect, it, onTestFinished } from 'vitest'
import { averageDuration, averageRating, films } from './answers.ts'
import { catalogue } from './catalogue.ts'
import { createReadableLogger } from './cli/readable-logger.ts'
import { createTopics } from './create-topics.ts'
import { givenRatings } from './generator/given-ratings.ts'
import type { RatingFeed } from './generator/rating-feed.ts'
import { sendRatings } from './generator/send-ratings.ts'
import { movieRatingsTable } from './movie-ratings-table.ts'
import { movieRatings } from './topology.ts'
import { ratingsTopic } from './topics.ts'

const golden = (file: string): string => fileURLToPath(new URL(`../test/golden/${file}`, import.meta.url))
const quiet = createReadableLogger({ level: 'error', write() {} })
const { signal } = new AbortController()
const name = 'Evangelia Panourgia'

/** The table after the topology has read the records, and what the app counted. */
async function tableOf(feed: RatingFeed) {
  const server = embedded()
  const transport = await connectTransport({ embedded: server })
  onTestFinished(() => transport.close())
  await createTopics(transport)
  const topology = movieRatings({ films: catalogue(golden('films.csv')) })
  const app = await run(topology, { embedded: server, signals: false, logger: quiet })
  await sendRatings({ transport, topic: ratingsTopic, feed, clock: systemClock })
  await app.caughtUp()
  await app.close()
  return { table: await openTable(movieRatingsTable, { tables: server.tables }), transport }
}

async function* lines(...values: readonly unknown[]): RatingFeed {
  yield values.map((value) => ({ key: 'Ann', value: typeof value === 'string' ? value : JSON.stringify(value) }))
}

describe('the six ratings of the original report', () => {
  it('give its films, averages and durations', async () => {
    const { table } = await tableOf(givenRatings(golden('ratings.jsonl'), signal))
    const nine = { name, hour_bucket: '2025-03-27 09:00' }
    const ten = { name, hour_bucket: '2025-03-27 10:00' }
    expect(await films(table, nine)).toEqual(['Young Tiger'])
    expect(await films(table, ten)).toEqual([
      'Little Lunch: The Nightmare Before Graduation',
      'Rezeta',
      'Baby Dolls',
      'Clair Obscur',
      'Deadly Scholars',
    ])
    expect(await averageRating(table, nine)).toEqual({ truncated: 9, exact: 9 })
    expect(await averageRating(table, ten)).toEqual({ truncated: 7, exact: 7.2 })
    expect(await averageDuration(table, nine)).toEqual({ truncated: 81, exact: 81 })
    expect(await averageDuration(table, ten)).toEqual({ truncated: 84, exact: 84.8 })
  })

  it('become rows with every column of the catalogue, `rating` renamed', async () => {
    const { table } = await tableOf(givenRatings(golden('ratings.jsonl'), signal))
    const rows = await table.partition({ name, hour_bucket: '2025-03-27 09:00' }).rows()
    expect(rows).toEqual([
      {
        name,
        hour_bucket: '2025-03-27 09:00',
        timestamp: new Date('2025-03-27T09:56:10.841Z'),
        movie: 'Young Tiger',
        rating: 9,
        show_id: 'g6',
        director: 'Not Given',
        country: 'Not Given',
        release_year: 1973,
        rating_category: 'NR',
        duration: 81,
      },
    ])
  })
})

describe('the topology', () => {
  const rating = { name: 'Ann', movie: 'Rezeta', timestamp: '2025-03-27T09:00:00', rating: 5 }

  it('sends what is no rating to the dead-letter topic and goes on', async () => {
    const { table, transport } = await tableOf(lines('{oops', { ...rating, rating: 11 }, 'null', rating))
    expect(await table.count()).toBe(1)
    const [end] = await transport.admin.offsets([{ topic: 'test.invalid', partition: 0 }], 'latest')
    expect(end?.offset).toBe(3)
  })

  it('writes a film that the catalogue does not have with those columns unset', async () => {
    const { table } = await tableOf(lines({ ...rating, movie: 'Rezeta ' }))
    const rows = await table.partition({ name: 'Ann', hour_bucket: '2025-03-27 09:00' }).rows()
    expect(rows).toMatchObject([{ movie: 'Rezeta ', rating: 5, show_id: null, duration: null }])
  })

  it('describes itself', () => {
    const topology = movieRatings()
    expect(topology.describe()).toContain('sinkCassandra')
    expect(topology.describe('mermaid')).toContain('flowchart')
  })
})
