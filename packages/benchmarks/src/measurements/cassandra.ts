import { createTables, dropKeyspace } from '../bench-table.ts'
import { type Bench, type Goal, type Measurement, ratioGoal, type Section } from '../measurement.ts'
import { whole } from '../numbers.ts'
import { gapMs } from '../ratings.ts'
import { type Contender, fastest, ratioOf, type Results, runRounds } from '../rounds.ts'
import { throughputSection } from '../throughput-section.ts'
import { createTableRuns, measuredTable, type TableRuns, warmUpTable } from './table-runs.ts'

/** More gain nothing on one node: 32 to 512 differ by noise. */
const concurrencies = [32, 64, 128] as const

interface Variant {
  readonly name: string
  readonly title: string
  readonly rowsPerPartition: number
  readonly sinkGoal: number
}

const variants: readonly Variant[] = [
  { name: 'many', title: '1 to 2 rows per partition', rowsPerPartition: 1.5, sinkGoal: 1 },
  { name: 'shared', title: '35 rows per partition', rowsPerPartition: 35, sinkGoal: 2 },
]

/** The sink and the whole pipeline next to bare inserts. */
export const cassandra: Measurement = {
  name: 'cassandra',
  summary: 'to Cassandra: the sink alone, the whole example from Kafka to the table, and bare prepared inserts',
  async run(bench) {
    const keyspace = bench.uniqueName('table').replaceAll('-', '_')
    const address = await bench.servers.cassandra()
    await createTables(address, keyspace, [warmUpTable, measuredTable])
    const sections: Section[] = []
    await warmNode(bench, keyspace)
    for (const variant of variants) sections.push(await measureVariant(bench, keyspace, variant))
    await dropKeyspace(address, keyspace)
    return sections
  },
}

function rowCount(bench: Bench): number {
  return Math.round(bench.records / 5)
}

/** A cold node takes half as much: its own code is compiled only after a while. */
async function warmNode(bench: Bench, keyspace: string): Promise<void> {
  const count = rowCount(bench)
  bench.progress(`cassandra: warming the node with ${whole(count)} inserts`)
  const set = { count, gapMs: gapMs(1.5) }
  const runs = createTableRuns(bench, keyspace, set)
  await runs.bare(64)
}

async function measureVariant(bench: Bench, keyspace: string, variant: Variant): Promise<Section> {
  const title = `Cassandra, ${variant.title}`
  const set = { count: rowCount(bench), gapMs: gapMs(variant.rowsPerPartition) }
  const runs = createTableRuns(bench, keyspace, set)
  await runs.fillTopics(variant.name)
  const results = await runRounds(bench, title, contenders(runs))
  await runs.deleteTopics()
  const bare = fastest(results.slice(0, concurrencies.length))
  const [sink, pipeline] = results.slice(concurrencies.length)
  return throughputSection(title, [{ results, baseline: bare }], {
    goals: goalsOf(variant, bare, sink, pipeline),
    notes: [`${whole(set.count)} rows of 11 columns; one node, which shares the machine with Kafka and the sides.`],
  })
}

function contenders(runs: TableRuns): readonly Contender[] {
  return [
    ...concurrencies.map((inFlight) => ({
      name: `bare cassandra-driver, ${inFlight} inserts in flight`,
      run: () => runs.bare(inFlight),
    })),
    { name: 'millrace, the sink alone', run: () => runs.sinkAlone() },
    { name: 'millrace, Kafka to table', run: () => runs.pipeline() },
  ]
}

function goalsOf(
  { sinkGoal }: Variant,
  bare: Results | undefined,
  sink: Results | undefined,
  pipeline: Results | undefined,
): readonly Goal[] {
  if (bare === undefined || sink === undefined || pipeline === undefined) return []
  return [
    ratioGoal(`sink alone: goal ≥ ${sinkGoal.toFixed(2)} × the best bare inserts`, ratioOf(sink, bare), sinkGoal),
    ratioGoal('Kafka to table: goal ≥ 0.90 × the sink alone', ratioOf(pipeline, sink), 0.9),
  ]
}
