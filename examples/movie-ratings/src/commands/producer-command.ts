import { connectTransport, seconds, systemClock } from 'millrace'
import type { Transport } from 'millrace/ports'
import { command, type ValuesOf } from '../cli/command-line.ts'
import { counted } from '../cli/counted.ts'
import { durationOption, instantOption, numberOption, textOption } from '../cli/option.ts'
import { createProgress } from '../cli/progress.ts'
import { kafkaOptions } from '../cli/server-options.ts'
import { stopSignal } from '../cli/stop-signal.ts'
import { createTerminal, type Terminal } from '../cli/terminal.ts'
import { UsageError } from '../cli/usage-error.ts'
import { givenRatings } from '../generator/given-ratings.ts'
import { raters } from '../generator/raters.ts'
import { pacedRatings, simulatedRatings, type RatingFeed } from '../generator/rating-feed.ts'
import { createRatings } from '../generator/ratings.ts'
import { sendRatings } from '../generator/send-ratings.ts'
import { readTitles } from '../generator/titles.ts'
import { ratingsTopic } from '../topics.ts'
import { ratingOptions } from './rating-options.ts'

const options = {
  interval: durationOption({
    help: 'time between two ratings of one rater',
    placeholder: '<duration>',
    default: seconds(60),
    defaultText: '60s',
  }),
  rate: numberOption({
    help: 'ratings per second of all raters together, instead of --interval; 0 is as fast as Kafka takes them',
    placeholder: '<n>',
    default: undefined,
    min: 0,
    fraction: true,
  }),
  count: numberOption({
    help: 'stop after so many ratings',
    placeholder: '<n>',
    default: undefined,
    defaultText: 'go on until Ctrl-C',
    min: 1,
  }),
  'simulate-from': instantOption({
    help: 'do not wait: give the ratings times from here on, as far apart as --interval or --rate says',
    placeholder: '<time>',
    default: undefined,
  }),
  from: textOption({
    help: 'send the lines of a file as they are, one JSON rating each; `-` is standard input',
    placeholder: '<file>',
    default: undefined,
  }),
  ...ratingOptions,
  ...kafkaOptions,
}

type Values = ValuesOf<typeof options>

const usage = 'node examples/movie-ratings/dist/producer.js'

export const producerCommand = command({
  usage,
  summary: `Sends movie ratings of eleven people to topic '${ratingsTopic}', as JSON, gzipped, keyed by name.`,
  options,
  examples: [
    [usage, 'one rating per person and minute, until Ctrl-C'],
    [`${usage} --rate 50 --count 1000 --seed 7`, 'a thousand ratings in twenty seconds, the same ones every time'],
    [`${usage} --simulate-from 2025-03-27T08:00 --count 4000`, 'six hours of ratings at once'],
    [`${usage} --from ratings.jsonl`, 'ratings of your own'],
  ],
  async run(values) {
    const terminal = createTerminal()
    const signal = stopSignal()
    const feed = await feedOf(values, terminal, signal)
    const transport = await connectTransport({ kafka: { brokers: values.brokers } })
    try {
      await send(transport, feed, terminal)
    } finally {
      await transport.close()
    }
  },
})

async function feedOf(values: Values, terminal: Terminal, signal: AbortSignal): Promise<RatingFeed> {
  if (values.from !== undefined) return givenRatings(values.from, signal)
  const startMs = values['simulate-from']
  const people = raters(values.name)
  const gapMs = values.rate === undefined ? values.interval / people.length : values.rate === 0 ? 0 : 1000 / values.rate
  if (startMs !== undefined && values.count === undefined)
    throw new UsageError("Option '--simulate-from' needs '--count': nothing else would end it")
  const seed = values.seed ?? systemClock.nowMs() % 1_000_000
  const next = createRatings({ seed, raters: people, titles: await readTitles(values) })
  const feed = { next, gapMs, count: values.count ?? Number.POSITIVE_INFINITY, signal }
  terminal.write(
    `Ratings of ${people.length} people, --seed ${seed}, to topic '${ratingsTopic}' on ${values.brokers.join(', ')}\n`,
  )
  return startMs === undefined ? pacedRatings({ ...feed, clock: systemClock }) : simulatedRatings({ ...feed, startMs })
}

async function send(transport: Transport, feed: RatingFeed, terminal: Terminal): Promise<void> {
  const progress = createProgress(terminal)
  const startedMs = systemClock.nowMs()
  const acknowledged = await sendRatings({
    transport,
    topic: ratingsTopic,
    feed,
    clock: systemClock,
    onSent: (count, last) => progress.show(`${count.toLocaleString('en')} acknowledged, the last: ${last.value}`),
  })
  const elapsedSeconds = (systemClock.nowMs() - startedMs) / 1000
  progress.end(`${counted(acknowledged, 'record')} sent and acknowledged in ${elapsedSeconds.toFixed(1)} s.`)
}
