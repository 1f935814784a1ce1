import { invalidTopic } from '@millrace/example-movie-ratings'
import { checkEqual } from './benchmark-error.ts'
import type { Bench } from './measurement.ts'
import { whole } from './numbers.ts'
import { gapMs, type RatingSet } from './ratings.ts'
import type { TopicToRead } from './sides/bare-consume.ts'
import type { Produced } from './sides/produce-ratings.ts'
import { countRecords, createTopics } from './topics.ts'

export const partitions = 4

/** One rating per person and minute, as the example's producer sends them. */
export const standardGapMs: number = gapMs(60)

/** How much is enough for compiled code and grown buffers, where that much is there. */
export function warmUpCount(measured: number): number {
  return Math.max(Math.round(measured / 10), Math.min(measured, 20_000))
}

export interface TopicShape {
  readonly name: string
  readonly set: RatingSet
  readonly isGzipped?: boolean
  readonly recordsPerBatch?: number
}

/** A topic full of ratings. */
export interface FilledTopic extends Produced {
  readonly topic: string
  /** For one reader with a group of its own. */
  reader(): TopicToRead
}

/** Makes a topic and fills it; fails unless everything stands in it. */
export async function fillTopic(bench: Bench, shape: TopicShape): Promise<FilledTopic> {
  const { name, set, isGzipped = false, recordsPerBatch = 1_000 } = shape
  const brokers = await bench.servers.brokers()
  const topic = bench.uniqueName(name)
  // the example's dead letters: nothing goes there, but the start-up check asks for it
  await createTopics(brokers, [invalidTopic], 1)
  await createTopics(brokers, [topic], partitions)
  const produced = await bench.children.run('produce-ratings', {
    brokers,
    topic,
    partitions,
    set,
    isGzipped,
    recordsPerBatch,
  })
  checkEqual(`records in topic ${name}`, await countRecords(brokers, topic), set.count)
  bench.progress(`topic ${name} filled: ${whole(set.count)} records of ${produced.meanBytes.toFixed(0)} bytes`)
  const reader = (): TopicToRead => ({ topic, groupId: bench.uniqueName('group'), records: set.count })
  return { ...produced, topic, reader }
}
