import { openTable, systemClock } from 'millrace'
import { command } from '../cli/command-line.ts'
import { choiceOption, hourOption, numberOption, textOption } from '../cli/option.ts'
import { cassandraOptions } from '../cli/server-options.ts'
import { createTerminal } from '../cli/terminal.ts'
import { defaultRater } from '../generator/raters.ts'
import { movieRatingsTable } from '../movie-ratings-table.ts'
import { printAnswers, questions } from '../print-answers.ts'

const usage = 'node examples/movie-ratings/dist/queries.js'

export const queriesCommand = command({
  usage,
  summary: 'Asks the table netflix_ks.movie_ratings about the ratings of one person in one hour.',
  options: {
    name: textOption({ help: 'whose ratings', placeholder: '<name>', default: defaultRater }),
    hour: hourOption({
      help: 'which hour, UTC, as it stands in the table',
      placeholder: "'<yyyy-MM-dd HH:00>'",
      default: undefined,
      defaultText: 'this hour',
    }),
    query: choiceOption([...questions, 'all'], {
      help: `what to ask: ${questions.join(', ')}, all`,
      placeholder: '<query>',
      default: 'all',
    }),
    limit: numberOption({ help: 'rows of the sample', placeholder: '<n>', default: 10, min: 1, max: 10_000 }),
    ...cassandraOptions,
  },
  examples: [
    [usage, 'everything about this hour'],
    [`${usage} --name 'Evangelia Panourgia' --hour '2025-03-27 10:00'`, 'another hour'],
    [`${usage} --query sample --limit 50`, 'fifty rows'],
  ],
  async run(values) {
    const table = await openTable(movieRatingsTable, {
      cassandra: { contactPoints: values['contact-points'], localDataCenter: values['local-datacenter'] },
    })
    try {
      const asked = {
        name: values.name,
        hour_bucket: values.hour ?? `${new Date(systemClock.nowMs()).toISOString().slice(0, 13).replace('T', ' ')}:00`,
        questions: values.query === 'all' ? questions : [values.query],
        limit: values.limit,
      }
      await printAnswers(table, asked, createTerminal())
    } finally {
      await table.close()
    }
  },
})
