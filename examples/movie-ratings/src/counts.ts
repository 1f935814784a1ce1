import type { AppMetrics } from 'millrace'
import { counted } from './cli/counted.ts'

/** What the pipeline has done so far. */
export interface Counts {
  readonly readRecords: number
  readonly writtenRows: number
  readonly deadLetters: number
  /** Records in the topic that are still to be read. */
  readonly lagRecords: number
}

export function countsOf(metrics: AppMetrics): Counts {
  return {
    readRecords: metrics.total('records-consumed'),
    writtenRows: metrics.total('rows-written'),
    deadLetters: metrics.total('dead-letters'),
    lagRecords: metrics.tasks.reduce((lag, task) => lag + task.lagRecords, 0),
  }
}

export function countsText({ readRecords, writtenRows, deadLetters, lagRecords }: Counts): string {
  const parts = [`${readRecords.toLocaleString('en')} read`, `${counted(writtenRows, 'row')} written`]
  if (deadLetters > 0) parts.push(counted(deadLetters, 'dead letter'))
  if (lagRecords > 0) parts.push(`${lagRecords.toLocaleString('en')} to come`)
  return parts.join(', ')
}
