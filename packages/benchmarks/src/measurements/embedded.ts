import { checkEqual } from '../benchmark-error.ts'
import type { Column } from '../markdown-table.ts'
import type { Bench, Goal, Measurement, Section } from '../measurement.ts'
import { decimal, whole } from '../numbers.ts'
import type { EmbeddedResult } from '../sides/embedded-example.ts'
import { median } from '../statistics.ts'

/** Much less than any backlog: log and table take what these take, however often they come. */
const repeated = 10_000
/** Less than a tenth of what one copy of the larger backlog would take. */
const flatMb = 16

const columns: readonly Column[] = [
  { title: '' },
  { title: 'records/s', align: 'right' },
  { title: 'CPU µs per record', align: 'right' },
  { title: 'RSS before, MB', align: 'right' },
  { title: 'peak RSS, MB', align: 'right' },
  { title: 'most live memory above the start, MB', align: 'right' },
]

interface Contender {
  readonly name: string
  readonly records: number
  readonly distinct: number
  readonly results: EmbeddedResult[]
  /** Of runs that collect garbage all the while; none where that would take for ever. */
  readonly collecting: EmbeddedResult[]
}

/** The example without any server. */
export const embedded: Measurement = {
  name: 'embedded',
  summary: 'the example on the embedded broker and table: records/s, and memory when the backlog grows tenfold',
  async run(bench) {
    const contenders = contendersOf(bench.records)
    for (let round = 1; round <= bench.rounds; round++) {
      for (const contender of contenders) {
        const result = await runOnce(bench, contender, false)
        contender.results.push(result)
        if (round === 1 && contender.distinct < contender.records)
          contender.collecting.push(await runOnce(bench, contender, true))
        bench.progress(
          `Embedded, round ${round} of ${bench.rounds}: ${contender.name} ${whole(perSecond(result))} records/s, ` +
            `${whole(result.startRssMb)} to ${whole(result.peakRssSinceMb)} MB`,
        )
      }
    }
    return [sectionOf(contenders)]
  },
}

function contendersOf(records: number): readonly Contender[] {
  const backlog = (count: number, distinct: number, name: string): Contender => ({
    name: `${name} of ${whole(count)}, ${whole(distinct)} rows`,
    records: count,
    distinct,
    results: [],
    collecting: [],
  })
  const small = Math.round(records / 10)
  const distinct = Math.min(repeated, Math.round(small / 2))
  return [
    backlog(small, distinct, 'backlog'),
    backlog(records, distinct, 'tenfold backlog'),
    backlog(records, records, 'all different, backlog'),
  ]
}

async function runOnce(bench: Bench, contender: Contender, isCollecting: boolean): Promise<EmbeddedResult> {
  const { name, records, distinct } = contender
  const result = await bench.children.run('embedded-example', {
    warmUpRecords: repeated,
    records,
    distinct,
    isCollecting,
  })
  checkEqual(`${name}: records`, result.records, records)
  checkEqual(`${name}: rows`, result.rows, distinct)
  return result
}

function sectionOf(contenders: readonly Contender[]): Section {
  const rows = contenders.map(({ name, results, collecting }) => [
    name,
    whole(median(results.map(perSecond))),
    decimal(median(results.map(({ cpuMs, records }) => (cpuMs / records) * 1000))),
    whole(median(results.map(({ startRssMb }) => startRssMb))),
    whole(median(results.map(({ peakRssSinceMb }) => peakRssSinceMb))),
    decimal(liveGrowth(collecting), 0),
  ])
  return {
    title: 'Embedded',
    columns,
    rows,
    goals: flatGoals(contenders),
    notes: [
      `The log is filled first, with every record retained; then the example works it off, which is what is measured. In the first two rows the same ratings are repeated and share their bytes, so that log and table stay small and what grows is the app. In the last row log and table hold every rating, and what grows is mostly the table. Live memory is heap and buffers right after garbage collection, looked at five times a second in one run of its own; the peak of RSS includes garbage, of which V8 lets more lie about the more is live.`,
    ],
    raw: contenders,
  }
}

function flatGoals([small, large]: readonly Contender[]): readonly Goal[] {
  if (small === undefined || large === undefined) return []
  const grown = liveGrowth(large.collecting) - liveGrowth(small.collecting)
  return [
    {
      text: `memory stays flat: goal ≤ ${flatMb} MB more live memory for ten times the backlog`,
      reached: `${decimal(grown, 0)} MB`,
      isReached: grown <= flatMb,
    },
  ]
}

function perSecond({ records, wallMs }: EmbeddedResult): number {
  return (records / wallMs) * 1000
}

function liveGrowth(results: readonly EmbeddedResult[]): number {
  return median(results.map(({ heapGrowthMb }) => heapGrowthMb))
}
