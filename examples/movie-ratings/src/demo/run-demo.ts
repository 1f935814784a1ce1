import { systemClock, type App, type Topology } from 'millrace'
import { countsOf, countsText, type Counts } from '../counts.ts'
import { counted } from '../cli/counted.ts'
import { createProgress } from '../cli/progress.ts'
import type { Terminal } from '../cli/terminal.ts'
import { fitted } from '../cli/text-width.ts'
import { wrapped } from '../cli/wrapped.ts'
import { simulatedRatings, type RatingFeed } from '../generator/rating-feed.ts'
import { createRatings } from '../generator/ratings.ts'
import { sendRatings } from '../generator/send-ratings.ts'
import { printAnswers, questions } from '../print-answers.ts'
import { ratingsTopic } from '../topics.ts'
import type { Place } from './place.ts'

export interface DemoOptions {
  readonly place: Place
  readonly topology: Topology
  readonly terminal: Terminal
  readonly seed: number
  readonly count: number
  readonly hours: number
  readonly people: readonly string[]
  readonly titles: readonly string[]
}

/** When the simulated time begins: the day of the original's report. */
const startMs = Date.UTC(2025, 2, 27, 8)
const hourMs = 3_600_000

/** What comes in on a bad day; the pipeline must get past it. */
const notRatings = ['{"name": "Ann", "movie": ', '{"name":"Ann","movie":"Odd Socks","rating":11}', 'null']

/** Produces, processes and asks, and says what it does. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { place, topology, terminal, people, hours, count } = options
  const where = wrapped(`On ${place.title}.`, terminal.columns)
  terminal.write(`${terminal.bold('Movie ratings, end to end')}\n${where.join('\n')}\n\n`)
  terminal.write(`${outline(topology, terminal)}\n\n`)
  const told =
    `${counted(count, 'rating')} of ${people.length} people over ${counted(hours, 'hour')} of simulated time, ` +
    `and ${counted(notRatings.length, 'record')} that are none:`
  terminal.write(`${terminal.bold('At work')}\n${wrapped(told, terminal.columns).join('\n')}\n`)
  await produceAndProcess(options)
  terminal.write('\n')
  const table = await place.openTable()
  try {
    const hour = startMs + Math.floor(hours / 2) * hourMs
    const hour_bucket = `${new Date(hour).toISOString().slice(0, 13).replace('T', ' ')}:00`
    await printAnswers(table, { name: people.at(-1) ?? '', hour_bucket, questions, limit: 8, maxFilms: 8 }, terminal)
  } finally {
    await table.close()
  }
}

/** The operations without their paths. */
function outline(topology: Topology, terminal: Terminal): string {
  const lines = topology
    .describe()
    .trimEnd()
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('·'))
  return lines.map((line, index) => (index === 0 ? terminal.bold(line) : fitted(line, terminal.columns))).join('\n')
}

async function produceAndProcess({ place, topology, terminal, ...options }: DemoOptions): Promise<void> {
  const progress = createProgress(terminal)
  const startedMs = systemClock.nowMs()
  const stopped = new AbortController()
  const app = await place.run(topology)
  let sent = 0
  let counts: Counts = { readRecords: 0, writtenRows: 0, deadLetters: 0, lagRecords: 0 }
  const show = (): string => `${sent.toLocaleString('en')} sent, ${countsText(counts)}`
  const subscription = app.metrics$.subscribe((metrics) => {
    counts = countsOf(metrics)
    progress.show(show())
  })
  const done = async (): Promise<void> => {
    sent = await sendRatings({
      transport: place.transport,
      topic: ratingsTopic,
      feed: feedOf(options, stopped.signal),
      clock: systemClock,
      onSent: (acknowledged) => {
        sent = acknowledged
        progress.show(show())
      },
    })
    await app.caughtUp()
  }
  try {
    // an app that fails, or is told to stop, ends the demo too
    await Promise.race([done(), endOf(app)])
  } finally {
    stopped.abort()
    await app.close()
    subscription.unsubscribe()
  }
  progress.end(`${show()} in ${((systemClock.nowMs() - startedMs) / 1000).toFixed(1)} s.`)
}

async function endOf(app: App): Promise<void> {
  await app.closed
}

type FeedOptions = Pick<DemoOptions, 'seed' | 'count' | 'hours' | 'people' | 'titles'>

async function* feedOf({ seed, count, hours, people, titles }: FeedOptions, signal: AbortSignal): RatingFeed {
  const next = createRatings({ seed, raters: people, titles })
  yield* simulatedRatings({ next, count, startMs, gapMs: (hours * hourMs) / count, signal })
  yield notRatings.map((value) => ({ key: null, value }))
}
