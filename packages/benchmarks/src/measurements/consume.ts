import { checkEqual } from '../benchmark-error.ts'
import { type Bench, type Measurement, ratioGoal, type Section } from '../measurement.ts'
import { whole } from '../numbers.ts'
import { type Contender, ratioOf, runRounds } from '../rounds.ts'
import type { ConsumeInput } from '../sides/bare-consume.ts'
import { throughputSection } from '../throughput-section.ts'
import { type FilledTopic, fillTopic, standardGapMs, warmUpCount } from '../topic-set.ts'
import { deleteTopics } from '../topics.ts'

interface Variant {
  readonly name: string
  readonly title: string
  readonly shape: { readonly isGzipped?: boolean; readonly recordsPerBatch?: number }
  /** Which part of all records it takes. */
  readonly part: number
  readonly goal: number
}

const variants: readonly Variant[] = [
  { name: 'plain', title: 'uncompressed', shape: {}, part: 1, goal: 0.9 },
  { name: 'gzip', title: 'gzip batches of 1,000 records', shape: { isGzipped: true }, part: 1, goal: 1 },
  {
    name: 'single',
    title: 'gzip batches of one record',
    shape: { isGzipped: true, recordsPerBatch: 1 },
    part: 1 / 20,
    goal: 5,
  },
]

/** The example without its sink next to a bare kafkajs loop. */
export const consume: Measurement = {
  name: 'consume',
  summary: 'from Kafka: the example without its sink (parse, hour, join, count) and a bare eachBatch + JSON.parse loop',
  async run(bench) {
    const sections: Section[] = []
    for (const variant of variants) sections.push(await measureVariant(bench, variant))
    return sections
  },
}

async function measureVariant(bench: Bench, { name, title, shape, part, goal }: Variant): Promise<Section> {
  const count = Math.round(bench.records * part)
  const gapMs = standardGapMs
  const warmUp = await fillTopic(bench, {
    name: `${name}-warm-up`,
    set: { count: warmUpCount(count), gapMs },
    ...shape,
  })
  const measured = await fillTopic(bench, { name, set: { count, gapMs }, ...shape })
  const brokers = await bench.servers.brokers()
  const contender = (label: string, side: 'bare-consume' | 'millrace-consume'): Contender => ({
    name: label,
    run: async () => {
      const result = await bench.children.run(side, inputOf(brokers, warmUp, measured))
      checkEqual(`${label}: records`, result.records, measured.records)
      checkEqual(`${label}: sum of ratings`, result.ratingSum, measured.ratingSum)
      return result
    },
  })
  const heading = `Consume, ${title}`
  const results = await runRounds(bench, heading, [
    contender('bare kafkajs, eachBatch + JSON.parse', 'bare-consume'),
    contender('millrace, example without sink', 'millrace-consume'),
  ])
  await deleteTopics(brokers, [warmUp.topic, measured.topic])
  const [bare, millrace] = results
  const goals =
    bare === undefined || millrace === undefined
      ? []
      : [ratioGoal(`goal ≥ ${goal.toFixed(2)} × the bare loop`, ratioOf(millrace, bare), goal)]
  const notes = [`${whole(measured.records)} records of ${measured.meanBytes.toFixed(0)} bytes, 4 partitions.`]
  return throughputSection(heading, [{ results, baseline: bare }], { goals, notes })
}

function inputOf(brokers: readonly string[], warmUp: FilledTopic, measured: FilledTopic): ConsumeInput {
  return { brokers, warmUp: warmUp.reader(), measured: measured.reader() }
}
