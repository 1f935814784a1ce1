import type { AppMetrics } from 'millrace'

/** What the pipeline has done so far. */
export interface Counts {
  readonly readRecords: number
  readonly writtenRows: number
  readonly deadLetters: number
}

export function countsOf(metrics: AppMetrics): Counts {
  const total = (name: string) =>
    metrics.counters.reduce((sum, counter) => (counter.name === name ? sum + counter.value : sum), 0)
  return {
    readRecords: total('records-consumed'),
    writtenRows: total('rows-written'),
    deadLetters: total('dead-letters'),
  }
}

export function countsText({ readRecords, writtenRows, deadLetters }: Counts): string {
  const parts = [`${readRecords.toLocaleString('en')} read`, `${writtenRows.toLocaleString('en')} rows written`]
  if (deadLetters > 0) parts.push(`${deadLetters.toLocaleString('en')} dead letters`)
  return parts.join(', ')
}
