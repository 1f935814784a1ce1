import { fileURLToPath } from 'node:url'
import { connectTransport, createTable, openTable, run, systemClock } from 'millrace'
import { describeWithServers } from '@millrace/local-services/server-tests'
import { expect, it } from 'vitest'
import { averageDuration, averageRating, films } from '../../src/answers.ts'
import { catalogue } from '../../src/catalogue.ts'
import { createReadableLogger } from '../../src/cli/readable-logger.ts'
import { createTopics } from '../../src/create-topics.ts'
import { givenRatings } from '../../src/generator/given-ratings.ts'
import type { RatingFeed } from '../../src/generator/rating-feed.ts'
import { sendRatings } from '../../src/generator/send-ratings.ts'
import { movieRatingsTable } from '../../src/movie-ratings-table.ts'
import { ratingsTopic } from '../../src/topics.ts'
import { movieRatings } from '../../src/topology.ts'

const golden = (file: string): string => fileURLToPath(new URL(`../golden/${file}`, import.meta.url))
const quiet = createReadableLogger({ level: 'error', write() {} })
const { signal } = new AbortController()
// the servers may be shared, and the table keeps what others wrote
const name = `Evangelia Panourgia ${systemClock.nowMs()}`

async function* goldenRatings(): RatingFeed {
  for await (const batch of givenRatings(golden('ratings.jsonl'), signal))
    yield batch.map(({ value }) => ({ key: name, value: value.replace('Evangelia Panourgia', name) }))
}

describeWithServers('movie ratings on Kafka and Cassandra', ({ kafka, cassandra }) => {
  it('give films, averages and durations as the original report has them', async () => {
    const transport = await connectTransport({ kafka })
    await createTopics(transport)
    await createTable(movieRatingsTable, { cassandra })
    const topology = movieRatings({ films: catalogue(golden('films.csv')) })
    const app = await run(topology, { kafka, cassandra, signals: false, logger: quiet })
    expect(await sendRatings({ transport, topic: ratingsTopic, feed: goldenRatings(), clock: systemClock })).toBe(6)
    await app.caughtUp()
    await app.close()
    await transport.close()

    const table = await openTable(movieRatingsTable, { cassandra })
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
    expect(await averageDuration(table, nine)).toEqual({ truncated: 81, exact: 81 })
    expect(await averageRating(table, ten)).toEqual({ truncated: 7, exact: 7.2 })
    expect(await averageDuration(table, ten)).toEqual({ truncated: 84, exact: 84.8 })
    await table.close()
  })
})
