import type { Clock } from 'millrace/ports'
import type { NextRating } from './ratings.ts'
import { wait } from './wait.ts'

/** One record on its way to the topic: its key and its JSON. */
export interface KeyedText {
  readonly key: string | null
  readonly value: string
}

/** Records in the batches in which they are to be sent. */
export type RatingFeed = AsyncIterable<readonly KeyedText[]>

export interface FeedOptions {
  readonly next: NextRating
  /** Time between two ratings, of whichever rater; 0 is as fast as they can be sent. */
  readonly gapMs: number
  /** How many; may be Infinity. */
  readonly count: number
  readonly signal: AbortSignal
}

const maxBatchRecords = 500
/** After a longer break (a laptop that slept) the ratings of that time are left out, not sent in one burst. */
const maxLateMs = 5_000

/** Ratings as time goes by. Ends after `count`, or when the signal aborts. */
export async function* pacedRatings(options: FeedOptions & { readonly clock: Clock }): RatingFeed {
  const { next, gapMs, count, signal, clock } = options
  let dueMs = clock.nowMs()
  for (let made = 0; made < count && !signal.aborted;) {
    const nowMs = clock.nowMs()
    if (dueMs > nowMs) {
      await wait(clock, dueMs - nowMs, signal)
      continue
    }
    dueMs = Math.max(dueMs, nowMs - maxLateMs)
    const batch: KeyedText[] = []
    for (; made < count && batch.length < maxBatchRecords && dueMs <= nowMs; made++, dueMs += gapMs)
      batch.push(record(next, nowMs))
    yield batch
  }
}

/** Ratings of a simulated time that begins at `startMs`; nothing waits. */
export async function* simulatedRatings(options: FeedOptions & { readonly startMs: number }): RatingFeed {
  const { next, gapMs, count, signal, startMs } = options
  for (let made = 0; made < count && !signal.aborted;) {
    const batch: KeyedText[] = []
    for (; made < count && batch.length < maxBatchRecords; made++)
      batch.push(record(next, Math.floor(startMs + made * gapMs)))
    yield batch
  }
}

function record(next: NextRating, atMs: number): KeyedText {
  const rating = next(atMs)
  return { key: rating.name, value: JSON.stringify(rating) }
}
