import { catalogue } from '../catalogue.ts'
import { command, type ValuesOf } from '../cli/command-line.ts'
import { flag, numberOption } from '../cli/option.ts'
import { createReadableLogger } from '../cli/readable-logger.ts'
import { cassandraOptions, kafkaOptions } from '../cli/server-options.ts'
import { createTerminal, type Terminal } from '../cli/terminal.ts'
import { embeddedPlace } from '../demo/embedded-place.ts'
import type { Place } from '../demo/place.ts'
import { runDemo } from '../demo/run-demo.ts'
import { serverPlace } from '../demo/server-place.ts'
import { raters } from '../generator/raters.ts'
import { readTitles } from '../generator/titles.ts'
import { movieRatings } from '../topology.ts'
import { ratingOptions } from './rating-options.ts'

const options = {
  kafka: flag('use a real Kafka and Cassandra; topics and table are created where they do not exist'),
  count: numberOption({
    help: 'how many ratings',
    placeholder: '<n>',
    default: undefined,
    defaultText: 'one per person and minute',
    min: 1,
    max: 10_000_000,
  }),
  hours: numberOption({
    help: 'over how many hours of simulated time',
    placeholder: '<n>',
    default: 6,
    min: 1,
    max: 8_760,
  }),
  ...ratingOptions,
  seed: numberOption({
    help: ratingOptions.seed.help,
    placeholder: '<n>',
    default: 1,
    min: 0,
    max: 4_294_967_295,
  }),
  ...kafkaOptions,
  ...cassandraOptions,
}

const usage = 'npm run demo --'

export const demoCommand = command({
  usage,
  summary:
    'Runs the whole system once: ratings are produced, enriched by the topology, stored, and asked for. By default in one process, with nothing but Node.',
  options,
  examples: [
    ['npm run demo', 'with nothing but Node'],
    ['npm run demo -- --count 200000 --hours 24 --seed 7', 'more of it'],
    ['npm run demo -- --kafka', 'the same topology on a real Kafka and Cassandra'],
  ],
  async run(values) {
    const terminal = createTerminal()
    const people = raters(values.name)
    const place = await placeOf(values)
    try {
      await runDemo({
        place,
        terminal,
        people,
        topology: movieRatings({ films: catalogue(values.catalogue) }),
        titles: await readTitles(values),
        seed: values.seed,
        count: values.count ?? people.length * 60 * values.hours,
        hours: values.hours,
      })
    } finally {
      await place.close()
    }
    terminal.write(whatNext(terminal, values.kafka))
  },
})

function placeOf(values: ValuesOf<typeof options>): Promise<Place> {
  // the demo counts dead letters itself; what else is worth a warning is said
  const logger = createReadableLogger({ level: 'error', write: (line) => process.stderr.write(`\n${line}\n`) })
  if (!values.kafka) return embeddedPlace(logger)
  const cassandra = { contactPoints: values['contact-points'], localDataCenter: values['local-datacenter'] }
  return serverPlace({ brokers: values.brokers }, cassandra, logger)
}

function whatNext(terminal: Terminal, isKafka: boolean): string {
  const real = isKafka
    ? [['node examples/movie-ratings/dist/queries.js --help', 'ask for more']]
    : [
        ['npm run services -- up', 'start Kafka and Cassandra'],
        ['npm run demo -- --kafka', 'the same topology on them'],
      ]
  const lines = [
    ['npm run demo -- --seed 7 --hours 24', 'other ratings, more of them'],
    ...real,
    ['examples/movie-ratings/src/topology.ts', 'the topology, to read and to change'],
  ] as const
  const width = Math.max(...lines.map(([line = '']) => line.length))
  return [
    terminal.bold('What to try next'),
    ...lines.map(([line = '', what = '']) => `  ${line.padEnd(width)}  ${terminal.dim(what)}`),
    '',
  ].join('\n')
}
