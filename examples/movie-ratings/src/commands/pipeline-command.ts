import { connectTransport, run, seconds, type RunOptions } from 'millrace'
import { catalogue } from '../catalogue.ts'
import { command } from '../cli/command-line.ts'
import { durationOption, flag } from '../cli/option.ts'
import { createProgress, type Progress } from '../cli/progress.ts'
import { createReadableLogger } from '../cli/readable-logger.ts'
import { cassandraOptions, kafkaOptions } from '../cli/server-options.ts'
import { createTerminal } from '../cli/terminal.ts'
import { countsOf, countsText } from '../counts.ts'
import { createTopics } from '../create-topics.ts'
import { movieRatings } from '../topology.ts'
import { catalogueOption } from './rating-options.ts'

const usage = 'node examples/movie-ratings/dist/pipeline.js'

export const pipelineCommand = command({
  usage,
  summary:
    'Reads ratings from Kafka, puts them into their hour, joins them with the catalogue and writes them to Cassandra, until Ctrl-C.',
  options: {
    every: durationOption({
      help: 'longest time a row waits before it is written',
      placeholder: '<duration>',
      default: seconds(30),
      defaultText: '30s',
    }),
    catalogue: catalogueOption(),
    'create-topics': flag('create the topics where they do not exist'),
    ...kafkaOptions,
    ...cassandraOptions,
  },
  examples: [
    [`${usage} --create-topics`, 'the first time'],
    [`${usage} --every 2s`, 'rows after two seconds at most'],
    [`${usage} --catalogue films-of-your-own.csv`, 'other films'],
  ],
  async run(values) {
    const kafka = { brokers: values.brokers }
    if (values['create-topics']) await withTopics(kafka)
    const terminal = createTerminal()
    const progress = createProgress(terminal)
    const topology = movieRatings({ films: catalogue(values.catalogue), every: values.every })
    const app = await run(topology, {
      kafka,
      cassandra: { contactPoints: values['contact-points'], localDataCenter: values['local-datacenter'] },
      ...(terminal.isInteractive ? { logger: linesAbove(progress) } : {}),
    })
    let counts = ''
    const subscription = app.metrics$.subscribe((metrics) => {
      counts = countsText(countsOf(metrics))
      progress.show(`${counts}. Ctrl-C ends the pipeline.`)
    })
    try {
      await app.closed
    } finally {
      subscription.unsubscribe()
      progress.end(`Ended: ${counts}.`)
    }
  },
})

async function withTopics(kafka: { readonly brokers: readonly string[] }): Promise<void> {
  const transport = await connectTransport({ kafka })
  try {
    await createTopics(transport)
  } finally {
    await transport.close()
  }
}

function linesAbove(progress: Progress): NonNullable<RunOptions['logger']> {
  return createReadableLogger({ level: 'info', write: (line) => progress.say(line) })
}
