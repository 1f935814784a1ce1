import { averageDuration, averageRating, films, type Mean, type MovieRatings, type PersonAndHour } from './answers.ts'
import { counted } from './cli/counted.ts'
import { textTable, type TextTable } from './cli/text-table.ts'
import type { Terminal } from './cli/terminal.ts'

export const questions = ['films', 'average-rating', 'average-duration', 'sample'] as const
export type Question = (typeof questions)[number]

export interface Asked extends PersonAndHour {
  readonly questions: readonly Question[]
  /** Rows of the sample. */
  readonly limit: number
  /** Most films to show. Default: all. */
  readonly maxFilms?: number
}

/** Asks the table and writes the answers. */
export async function printAnswers(table: MovieRatings, asked: Asked, terminal: Terminal): Promise<void> {
  const aboutHour = asked.questions.filter((question) => question !== 'sample')
  if (aboutHour.length > 0) await printHour(table, asked, aboutHour, terminal)
  if (asked.questions.includes('sample')) await printSample(table, asked.limit, terminal)
}

async function printHour(
  table: MovieRatings,
  { name, hour_bucket, maxFilms = Number.POSITIVE_INFINITY }: Asked,
  asked: readonly Question[],
  terminal: Terminal,
): Promise<void> {
  const of = { name, hour_bucket }
  const titles = await films(table, of)
  if (titles.length === 0) {
    terminal.write(`${terminal.bold(`${name}, ${hour_bucket} UTC`)}\nNo ratings of this person in this hour.\n\n`)
    return
  }
  if (asked.includes('films')) {
    const rows = titles.slice(0, maxFilms).map((title, index) => [String(index + 1), title])
    if (titles.length > maxFilms) rows.push(['', `… and ${titles.length - maxFilms} more`])
    printTable(terminal, `Films that ${name} rated, ${hour_bucket} UTC`, {
      columns: [{ title: '', align: 'right' }, { title: 'movie' }],
      rows,
    })
  }
  const means: (readonly string[])[] = []
  if (asked.includes('average-rating')) means.push(meanRow('rating, 1 to 10', await averageRating(table, of)))
  if (asked.includes('average-duration')) means.push(meanRow('duration, minutes', await averageDuration(table, of)))
  if (means.length > 0)
    printTable(terminal, `Averages of ${name}, ${hour_bucket} UTC, over ${counted(titles.length, 'rating')}`, {
      columns: [{ title: 'average of' }, { title: 'CQL avg(int)', align: 'right' }, { title: 'exact', align: 'right' }],
      rows: means,
    })
}

function meanRow(what: string, { truncated, exact }: Mean): readonly string[] {
  return [what, String(truncated), Number.isNaN(exact) ? 'none' : String(Math.round(exact * 1000) / 1000)]
}

const sampleColumns = [
  { title: 'name' },
  { title: 'hour_bucket', isFixed: true },
  { title: 'time', isFixed: true },
  { title: 'movie' },
  { title: 'rating', align: 'right' },
  { title: 'min', align: 'right' },
] as const

async function printSample(table: MovieRatings, limit: number, terminal: Terminal): Promise<void> {
  const rows = await table.sample(limit)
  printTable(terminal, `${rows.length} rows as they lie in the table`, {
    columns: sampleColumns,
    rows: rows.map((row) => [
      row.name,
      row.hour_bucket,
      row.timestamp.toISOString().slice(11, 23),
      row.movie,
      String(row.rating ?? ''),
      String(row.duration ?? ''),
    ]),
  })
}

function printTable(terminal: Terminal, title: string, table: TextTable): void {
  const [header = '', ...lines] = textTable(table, terminal.columns)
  terminal.write(`${terminal.bold(title)}\n${terminal.dim(header)}\n${lines.join('\n')}\n\n`)
}
