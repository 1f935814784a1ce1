import { checkEqual } from '../benchmark-error.ts'
import { type Bench, type Measurement, ratioGoal } from '../measurement.ts'
import { decimal, whole } from '../numbers.ts'
import { type Contender, fastest, mediansOf, ratioOf, type Results, runRounds } from '../rounds.ts'
import type { TopicToForward } from '../sides/bare-forward.ts'
import type { Measured } from '../stopwatch.ts'
import { throughputSection } from '../throughput-section.ts'
import { type FilledTopic, fillTopic, partitions, standardGapMs, warmUpCount } from '../topic-set.ts'
import { countRecords, createTopics, deleteTopics } from '../topics.ts'

/** With larger ones a batch would exceed what a broker takes by default. */
const sendSizes = [250, 1_000, 2_500] as const
const title = 'Kafka to Kafka'

/** The example with a topic at its end next to a bare kafkajs loop. */
export const forward: Measurement = {
  name: 'forward',
  summary: 'Kafka to Kafka: the example with a topic at its end and a bare loop at the best of several batch sizes',
  async run(bench) {
    const [warmUp, measured] = await fillTopics(bench)
    const bares = sendSizes.map((size) => bareContender(bench, warmUp, measured, size))
    const results = await runRounds(bench, title, [
      ...bares,
      millraceContender(bench, warmUp, measured),
      consumeOnly(bench, warmUp, measured),
    ])
    await deleteTopics(await bench.servers.brokers(), [warmUp.topic, measured.topic])
    const bare = fastest(results.slice(0, bares.length))
    const [millrace, consuming] = results.slice(bares.length)
    const goals =
      bare === undefined || millrace === undefined
        ? []
        : [ratioGoal('goal ≥ 0.90 × the best bare loop', ratioOf(millrace, bare), 0.9)]
    const notes = [
      `${whole(measured.records)} records of ${measured.meanBytes.toFixed(0)} bytes, enriched to about twice that. What both put out was compared in the first round.`,
      ...producingNotes(millrace, consuming),
    ]
    return [throughputSection(title, [{ results, baseline: bare }], { goals, notes })]
  },
}

async function fillTopics(bench: Bench): Promise<readonly [FilledTopic, FilledTopic]> {
  const gapMs = standardGapMs
  return [
    await fillTopic(bench, { name: 'forward-warm-up', set: { count: warmUpCount(bench.records), gapMs } }),
    await fillTopic(bench, { name: 'forward', set: { count: bench.records, gapMs } }),
  ]
}

function bareContender(bench: Bench, warmUp: FilledTopic, measured: FilledTopic, size: number): Contender {
  return {
    name: `bare kafkajs, send of ${whole(size)}`,
    run: () =>
      withOutputs(bench, warmUp, measured, (input) =>
        bench.children.run('bare-forward', { ...input, recordsPerSend: size }),
      ),
  }
}

function millraceContender(bench: Bench, warmUp: FilledTopic, measured: FilledTopic): Contender {
  return {
    name: 'millrace, example to a topic',
    run: () => withOutputs(bench, warmUp, measured, (input) => bench.children.run('millrace-forward', input)),
  }
}

function consumeOnly(bench: Bench, warmUp: FilledTopic, measured: FilledTopic): Contender {
  return {
    name: 'millrace, example without output',
    run: async () => {
      const brokers = await bench.servers.brokers()
      return bench.children.run('millrace-consume', { brokers, warmUp: warmUp.reader(), measured: measured.reader() })
    },
  }
}

interface Input {
  readonly brokers: readonly string[]
  readonly warmUp: TopicToForward
  readonly measured: TopicToForward
}

// what the first output of this topic held; every other first-round output must hold the same
const digests = new WeakMap<FilledTopic, { value?: number; compared: number }>()

/** Makes topics for one run, checks what came out, and deletes them. */
async function withOutputs(
  bench: Bench,
  warmUp: FilledTopic,
  measured: FilledTopic,
  work: (input: Input) => Promise<Measured>,
): Promise<Measured> {
  const brokers = await bench.servers.brokers()
  const outputs = [bench.uniqueName('out-warm-up'), bench.uniqueName('out')] as const
  await createTopics(brokers, outputs, partitions)
  const result = await work({
    brokers,
    warmUp: { ...warmUp.reader(), output: outputs[0] },
    measured: { ...measured.reader(), output: outputs[1] },
  })
  checkEqual('records forwarded', await countRecords(brokers, outputs[1]), measured.records)
  await compareOutput(bench, measured, outputs[1])
  await deleteTopics(brokers, outputs)
  return result
}

async function compareOutput(bench: Bench, measured: FilledTopic, topic: string): Promise<void> {
  const known = digests.get(measured) ?? { compared: 0 }
  digests.set(measured, known)
  if (known.compared++ > sendSizes.length) return
  const { digest } = await bench.children.run('digest-topic', {
    brokers: await bench.servers.brokers(),
    ...measured.reader(),
    topic,
  })
  known.value ??= digest
  checkEqual('digest of what was forwarded', digest, known.value)
}

function producingNotes(millrace: Results | undefined, consuming: Results | undefined): readonly string[] {
  if (millrace === undefined || consuming === undefined) return []
  const producingUs = mediansOf(millrace).cpuUsPerRecord - mediansOf(consuming).cpuUsPerRecord
  return [
    `The producing side of Millrace costs ${decimal(producingUs)} µs of CPU per record: the difference of the last two.`,
  ]
}
