import { textTable } from '../cli/text-table.ts'
import type { TopRow } from '../schemas.ts'

const columns = [
  { title: '', isRight: true },
  { title: 'film' },
  { title: 'mean', isRight: true },
  { title: 'ratings', isRight: true },
  { title: 'liked best by' },
  { title: 'country' },
] as const

/** The best films of every hour, one table per hour. */
export function hoursText(rows: readonly TopRow[], top: number): string {
  const hours = [...new Set(rows.map((row) => row.from))].sort((one, other) => one - other)
  return hours
    .map((from) => {
      const films = rows.filter((row) => row.from === from)
      return `${hourText(from)}, ${films.length} films\n${filmsText(films, top)}`
    })
    .join('\n')
}

/** `2025-03-27 09:00 UTC` */
export function hourText(from: number): string {
  return `${new Date(from).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function filmsText(films: readonly TopRow[], top: number): string {
  const best = [...films].sort(byMean).slice(0, top)
  return textTable(
    columns,
    best.map((row, index) => [
      `${index + 1}.`,
      row.film,
      row.mean.toFixed(2),
      String(row.ratings),
      row.fan,
      row.country,
    ]),
  )
}

function byMean(one: TopRow, other: TopRow): number {
  return other.mean - one.mean || other.ratings - one.ratings || (one.film < other.film ? -1 : 1)
}
