import { run, skip, systemClock, topology, type Topology } from 'millrace'
import { command } from '../cli/command-line.ts'
import { flag } from '../cli/option.ts'
import { createReadableLogger } from '../cli/readable-logger.ts'
import { kafkaOptions } from '../cli/server-options.ts'
import { createTerminal } from '../cli/terminal.ts'
import { fitted, printable, textWidth } from '../cli/text-width.ts'
import { Rating } from '../rating.ts'
import { ratingsTopic } from '../topics.ts'

const usage = 'node examples/movie-ratings/dist/console.js'

export const consoleCommand = command({
  usage,
  summary: `Prints the ratings of topic '${ratingsTopic}' as they come, for debugging, until Ctrl-C. It disturbs no pipeline and no other console.`,
  options: { 'from-beginning': flag('start with the earliest record that is still there'), ...kafkaOptions },
  examples: [
    [usage, 'what comes from now on'],
    [`${usage} --from-beginning`, 'everything'],
  ],
  async run(values) {
    const terminal = createTerminal()
    const app = await run(ratingsOnScreen(values['from-beginning'] ? 'earliest' : 'latest', terminal.write), {
      kafka: { brokers: values.brokers },
      // a group of its own for each start, so that every console sees every record
      applicationId: `movie-ratings-console-${systemClock.nowMs()}-${process.pid}`,
      logger: createReadableLogger({ level: 'warn', write: (line) => process.stderr.write(`${line}\n`) }),
    })
    await app.closed
  },
})

/** Writes a line per rating; what is not a rating is skipped, counted and logged. */
export function ratingsOnScreen(startAt: 'earliest' | 'latest', write: (line: string) => void): Topology {
  return topology('movie-ratings-console', (t) => {
    t.source(ratingsTopic, { startAt })
      .parse(Rating, { onInvalid: skip })
      .forEach((rating) => write(`${lineOf(rating)}\n`))
  })
}

function lineOf({ timestamp, name, rating, movie }: Rating): string {
  const time = new Date(timestamp).toISOString().slice(0, 23).replace('T', ' ')
  const who = fitted(printable(name), 24)
  return `${time}  ${who}${' '.repeat(24 - textWidth(who))}  ${String(rating).padStart(2)}  ${printable(movie)}`
}
