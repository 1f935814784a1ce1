import { checkEqual } from '../benchmark-error.ts'
import type { Column } from '../markdown-table.ts'
import type { Bench, Goal, Measurement, Section } from '../measurement.ts'
import { decimal, whole } from '../numbers.ts'
import type { EmbeddedInput, EmbeddedResult } from '../sides/embedded-example.ts'
import { median } from '../statistics.ts'

/** Much less than any backlog: the log and the table take what these take, however often they come. */
const repeated = 10_000
/** Room for the noise of the garbage collector. */
const flatMb = 48

const columns: readonly Column[] = [
  { title: '' },
  { title: 'records/s', align: 'right' },
  { title: 'CPU µs per record', align: 'right' },
  { title: 'RSS before, MB', align: 'right' },
  { title: 'peak RSS, MB', align: 'right' },
  { title: 'growth, MB', align: 'right' },
]

interface Contender {
  readonly name: string
  readonly input: EmbeddedInput
  readonly rows: number
  readonly results: EmbeddedResult[]
}

/** The example without any server. */
export const embedded: Measurement = {
  name: 'embedded',
  summary: 'the example on the embedded broker and table: records/s, and memory when the backlog grows tenfold',
  async run(bench) {
    const contenders = contendersOf(bench.records)
    for (let round = 1; round <= bench.rounds; round++) {
      for (const { name, input, rows, results } of contenders) {
        const result = await bench.children.run('embedded-example', input)
        checkEqual(`${name}: records`, result.records, input.records)
        checkEqual(`${name}: rows`, result.rows, rows)
        results.push(result)
        bench.progress(
          `Embedded, round ${round} of ${bench.rounds}: ${name} ${whole(perSecond(result))} records/s, ` +
            `${whole(result.startRssMb)} to ${whole(result.runRssMb)} MB`,
        )
      }
    }
    return [sectionOf(bench, contenders)]
  },
}

function contendersOf(records: number): readonly Contender[] {
  const warmUpRecords = repeated
  const small = Math.round(records / 10)
  const backlog = (count: number): Contender => ({
    name: `backlog of ${whole(count)}, ${whole(Math.min(repeated, count))} rows`,
    input: { warmUpRecords, records: count, distinct: Math.min(repeated, count) },
    rows: Math.min(repeated, count),
    results: [],
  })
  return [
    backlog(small),
    backlog(records),
    {
      name: `${whole(records)} records, as many rows`,
      input: { warmUpRecords, records, distinct: records },
      rows: records,
      results: [],
    },
  ]
}

function sectionOf(bench: Bench, contenders: readonly Contender[]): Section {
  const rows = contenders.map(({ name, results }) => [
    name,
    whole(median(results.map(perSecond))),
    decimal(median(results.map(({ cpuMs, records }) => (cpuMs / records) * 1000))),
    whole(median(results.map(({ startRssMb }) => startRssMb))),
    whole(median(results.map(({ runRssMb }) => runRssMb))),
    whole(median(results.map(growth))),
  ])
  return {
    title: 'Embedded',
    columns,
    rows,
    goals: flatGoals(contenders),
    notes: [
      `The log is filled first, with every record retained; then the example works it off, which is what is measured. In a backlog ${whole(repeated)} ratings are repeated and share their bytes, so that log and table stay small and what grows is the app. In the last row log and table hold every rating, and the growth is mostly the table.`,
      `Medians of ${bench.rounds}.`,
    ],
    raw: contenders.map(({ name, results }) => ({ name, results })),
  }
}

function flatGoals([small, large]: readonly Contender[]): readonly Goal[] {
  if (small === undefined || large === undefined) return []
  const [less, more] = [small, large].map(({ results }) => median(results.map(growth)))
  const grown = (more ?? Number.NaN) - (less ?? Number.NaN)
  return [
    {
      text: `memory stays flat: goal ≤ ${flatMb} MB more for ten times the backlog`,
      reached: `${decimal(grown, 0)} MB`,
      isReached: grown <= flatMb,
    },
  ]
}

function perSecond({ records, wallMs }: EmbeddedResult): number {
  return (records / wallMs) * 1000
}

function growth({ startRssMb, runRssMb }: EmbeddedResult): number {
  return runRssMb - startRssMb
}
