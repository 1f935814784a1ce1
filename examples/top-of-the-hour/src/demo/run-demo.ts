import { systemClock } from 'millrace'
import type { Options } from '../cli/options.ts'
import { createProgress, type Terminal } from '../cli/progress.ts'
import { users } from '../data/people.ts'
import { seededRatings } from '../data/ratings.ts'
import { topOfTheHour } from '../topology.ts'
import { differences } from './differences.ts'
import { type Expected, expectedRows } from './expected-rows.ts'
import { openPlace, partitionOfKey } from './place.ts'
import { hoursText } from './print-hours.ts'
import { produceAndProcess, type Progress, type Results } from './produce-and-process.ts'
import { quietLogger } from './quiet-logger.ts'

/** When the simulated time begins. */
const startMs = Date.UTC(2025, 2, 27, 8)
const hourMs = 3_600_000
/** Ratings go on a while after the last full hour: it closes only when time has gone past it. */
const overtimeMs = 1_200_000

/** Produces, processes, prints and checks; gives whether every answer was right. */
export async function runDemo(options: Options, terminal: Terminal, error: (text: string) => void): Promise<boolean> {
  const { hours, count, seed, top } = options
  const ratings = [...seededRatings({ seed, count, startMs, durationMs: hours * hourMs + overtimeMs })]
  terminal.write(`Top of the hour, on an embedded broker in this process\n\n${outline()}\n\n`)
  const results = await work(ratings, terminal, quietLogger(error))
  terminal.write(`\n${hoursText(results.rows, top)}\n`)
  const expected = expectedRows(ratings, users, partitionOfKey)
  const faults = check(results, expected)
  terminal.write(verdict(faults, expected))
  return faults.length === 0
}

/** The operations without their paths. */
function outline(): string {
  const lines = topOfTheHour.describe().trimEnd().split('\n')
  return lines.filter((line) => !line.trimStart().startsWith('·')).join('\n')
}

async function work(
  ratings: Parameters<typeof produceAndProcess>[0]['ratings'],
  terminal: Terminal,
  logger: ReturnType<typeof quietLogger>,
): Promise<Results> {
  const progress = createProgress(terminal)
  const startedMs = systemClock.nowMs()
  let last: Progress = { sentRatings: 0, readRatings: 0, rows: 0 }
  const place = await openPlace()
  try {
    const onProgress = (now: Progress): void => {
      last = now
      progress.show(progressText(now))
    }
    return await produceAndProcess({ place, ratings, startMs, logger, onProgress })
  } finally {
    progress.end(`${progressText(last)} in ${((systemClock.nowMs() - startedMs) / 1_000).toFixed(1)} s.`)
    await place.close()
  }
}

function progressText({ sentRatings, readRatings, rows }: Progress): string {
  const [sent, read, written] = [sentRatings, readRatings, rows].map((count) => count.toLocaleString('en'))
  return `${sent} ratings sent, ${read} read, ${written} rows written`
}

function check({ rows, lateRatings }: Results, expected: Expected): readonly string[] {
  const late =
    lateRatings === expected.lateRatings
      ? []
      : [`${expected.lateRatings} late ratings had to be dropped, ${lateRatings} were`]
  return [...differences(rows, expected.rows), ...late]
}

function verdict(faults: readonly string[], expected: Expected): string {
  const { rows, lateRatings, unknownFans, openRows } = expected
  if (faults.length > 0)
    return `WRONG, ${faults.length} differences from the plain computation:\n${faults.join('\n')}\n`
  return [
    `All ${rows.length} rows are right: worked out again from the ratings in plain code (src/demo/expected-rows.ts)`,
    'and compared, field by field. As they had to be,',
    `  ${lateRatings} ratings were dropped: they came after their hour and its five minutes of grace;`,
    `  ${unknownFans} films of closed hours were left out: who liked them best is no user (inner join);`,
    `  ${openRows} films wait in hours that are still open: an hour closes as time, which ratings bring, goes on.`,
    '',
  ].join('\n')
}
