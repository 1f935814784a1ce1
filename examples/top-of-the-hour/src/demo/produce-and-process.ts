import { type App, run, StreamsError } from 'millrace'
import type { Logger } from 'millrace/ports'
import { users } from '../data/people.ts'
import type { RatingRecord } from '../data/ratings.ts'
import type { TopRow } from '../schemas.ts'
import { ratingsTopic, usersTopic } from '../topics.ts'
import { perHour, topOfTheHour } from '../topology.ts'
import { type Place, send } from './place.ts'
import { readRows } from './read-rows.ts'

export interface Work {
  readonly place: Place
  readonly ratings: readonly RatingRecord[]
  readonly startMs: number
  readonly logger: Logger
  readonly onProgress: (progress: Progress) => void
}

export interface Progress {
  readonly sentRatings: number
  readonly readRatings: number
  readonly rows: number
}

export interface Results {
  readonly rows: readonly TopRow[]
  /** Ratings that the topology dropped because their hour was closed. */
  readonly lateRatings: number
}

const batchRecords = 250

/** Runs the topology while it is given users and ratings, until it has done with all of them. Rejects if it stops. */
export async function produceAndProcess(work: Work): Promise<Results> {
  const { place, logger } = work
  const rows: TopRow[] = []
  const embedded = place.server
  const app = await run(topOfTheHour, { embedded, logger })
  try {
    const reader = await run(
      readRows((row) => rows.push(row)),
      { embedded, logger, signals: false },
    )
    try {
      await feed(work, app, reader, rows)
    } catch (thrown) {
      // an app that failed knows why; one that was told to stop did not
      if (isEnded(thrown)) await Promise.race([app.closed, reader.closed])
      throw thrown
    } finally {
      await reader.close()
    }
    return { rows, lateRatings: droppedRecords(app) }
  } finally {
    await app.close()
  }
}

async function feed(work: Work, app: App, reader: App, rows: readonly TopRow[]): Promise<void> {
  const { place, ratings, startMs, onProgress } = work
  const people = Array.from(users, ([key, value]) => ({ key, value, atMs: startMs }))
  await send(place.producer, usersTopic, people)
  // a join finds the users that were read before it: these first
  await app.caughtUp()
  let sentRatings = 0
  const report = (): void => onProgress({ sentRatings, readRatings: readRecords(app), rows: rows.length })
  const reports = app.metrics$.subscribe(report)
  try {
    while (sentRatings < ratings.length) {
      const batch = ratings.slice(sentRatings, sentRatings + batchRecords)
      await send(place.producer, ratingsTopic, batch.map(keyedByFilm))
      sentRatings += batch.length
      report()
    }
    await app.caughtUp()
    await reader.caughtUp()
  } finally {
    reports.unsubscribe()
  }
  report()
}

function keyedByFilm({ film, rating, atMs }: RatingRecord) {
  return { key: film, value: rating, atMs }
}

function readRecords(app: App): number {
  return sumOf(app, 'records-consumed', ratingsTopic)
}

function droppedRecords(app: App): number {
  return sumOf(app, 'records-dropped', perHour)
}

function sumOf(app: App, counter: string, node: string): number {
  const readings = app.metrics().counters.filter((one) => one.name === counter && one.node === node)
  return readings.reduce((sum, one) => sum + one.value, 0)
}

function isEnded(thrown: unknown): boolean {
  return thrown instanceof StreamsError && thrown.code === 'LIFECYCLE_INVALID'
}
