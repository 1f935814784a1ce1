import { checkEqual } from '../benchmark-error.ts'
import { createTables, dropKeyspace } from '../bench-table.ts'
import type { Column } from '../markdown-table.ts'
import type { Goal, Measurement, Section } from '../measurement.ts'
import { decimal, whole } from '../numbers.ts'
import { median, percentile } from '../statistics.ts'
import { latencyContenders, type LatencyContender, type LatencyRun } from './latency-runs.ts'

const recordsPerSecond = 100
const warmUpRecords = 500
const columns: readonly Column[] = [
  { title: '' },
  { title: 'p50, ms', align: 'right' },
  { title: 'p99, ms', align: 'right' },
  { title: 'max, ms', align: 'right' },
  { title: 'CPU µs per record', align: 'right' },
  { title: 'peak RSS, MB', align: 'right' },
]

/** How long a record takes from the producer to the other end. */
export const latency: Measurement = {
  name: 'latency',
  summary: 'from produce to the output topic, and to the table, at 100 records/s: p50 and p99',
  async run(bench) {
    const keyspace = bench.uniqueName('latency').replaceAll('-', '_')
    const cassandra = await bench.servers.cassandra()
    await createTables(cassandra, keyspace, ['ratings'])
    const contenders = await latencyContenders(bench, keyspace)
    const perRound = Math.max(100, Math.ceil(bench.records / 500 / bench.rounds))
    const runs = new Map<LatencyContender, LatencyRun[]>(contenders.map((contender) => [contender, []]))
    for (let round = 1; round <= bench.rounds; round++) {
      for (const contender of contenders) {
        const result = await contender.run({ recordsPerSecond, warmUpRecords, records: perRound })
        checkEqual(`${contender.name}: records that arrived`, result.latencies.length, perRound)
        runs.get(contender)?.push(result)
        const [p50, p99] = [percentile(result.latencies, 50), percentile(result.latencies, 99)]
        bench.progress(
          `Latency, round ${round} of ${bench.rounds}: ${contender.name} p50 ${decimal(p50)} ms, p99 ${decimal(p99)} ms`,
        )
      }
    }
    await dropKeyspace(cassandra, keyspace)
    return [sectionOf(runs, perRound * bench.rounds)]
  },
}

function sectionOf(runs: ReadonlyMap<LatencyContender, readonly LatencyRun[]>, records: number): Section {
  const all = (results: readonly LatencyRun[]): readonly number[] => results.flatMap(({ latencies }) => latencies)
  const cpu = ({ measured: { cpuMs, records } }: Required<LatencyRun>): number => (cpuMs / records) * 1000
  const rows = Array.from(runs, ([{ name }, results]) => {
    const latencies = all(results)
    const measured = results.filter((one): one is Required<LatencyRun> => one.measured !== undefined)
    return [
      name,
      decimal(percentile(latencies, 50)),
      decimal(percentile(latencies, 99)),
      decimal(percentile(latencies, 100)),
      decimal(median(measured.map(cpu)), 0),
      decimal(median(measured.map(({ measured: { peakRssMb } }) => peakRssMb)), 0),
    ]
  })
  const goals = Array.from(runs, ([contender, results]) => goalsOf(contender, all(results))).flat()
  return {
    title: `Latency at ${recordsPerSecond} records/s`,
    columns,
    rows,
    goals,
    notes: [
      `${whole(records)} records each, after ${warmUpRecords} per round to warm up; all rounds together. The clock runs from before the producer's send, in kafkajs' producer, to the answer that shows the record: of a kafkajs consumer, or of a read by primary key, asked every millisecond or two. What "topic alone" takes is in every other figure.`,
    ],
    raw: Array.from(runs, ([{ name }, results]) => ({ name, results })),
  }
}

function goalsOf({ name, goals }: LatencyContender, latencies: readonly number[]): readonly Goal[] {
  return goals.map(([percent, mostMs]) => {
    const reached = percentile(latencies, percent)
    const text = `${name}, p${percent}: goal ≤ ${mostMs} ms`
    return { text, reached: `${decimal(reached)} ms`, isReached: reached <= mostMs }
  })
}
