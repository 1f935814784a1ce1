import { systemClock } from 'millrace'
import { startCassandra, startKafka } from '@millrace/local-services'
import { command, type ValuesOf } from '../cli/command-line.ts'
import { durationOption, numberOption } from '../cli/option.ts'
import { chaosPlan } from './chaos-plan.ts'
import { ChaosSystem } from './chaos-system.ts'
import { runChaos, type ChaosResult } from './run-chaos.ts'

const count = (help: string, standard: number, min = 0) =>
  numberOption({ help, placeholder: '<n>', default: standard, min, max: 5_000_000 })

const options = {
  ratings: count('how many ratings', 200_000, 1_000),
  kills: count('how often a pipeline is ended with kill -9', 20),
  'cassandra-restarts': count('how often Cassandra is killed and started again', 0),
  'broker-restarts': count('how often Kafka is killed and started again', 0),
  seed: count('the same seed gives the same ratings and the same plan', 1),
  partitions: count('partitions of the topic', 4, 1),
  rate: count('ratings per second; 0 is as fast as Kafka takes them', 4_000),
  every: durationOption({
    help: 'time between flushes, and between commits, of the pipeline',
    placeholder: '<duration>',
    default: 200,
    defaultText: '200ms',
  }),
}

const usage = 'node examples/movie-ratings/dist/chaos.js'

export const chaosCommand = command({
  usage,
  summary:
    'Runs the pipeline on a Kafka and a Cassandra of its own, kills what can be killed, and compares the table with what it must be. Exit code 0 if nothing was lost, doubled or changed.',
  options,
  examples: [
    [usage, 'twenty kills during 200,000 ratings'],
    [`${usage} --cassandra-restarts 2 --broker-restarts 2 --seed 7`, 'servers as well'],
  ],
  async run(values) {
    const startedMs = systemClock.nowMs()
    const say = (line: string): void => {
      const seconds = ((systemClock.nowMs() - startedMs) / 1000).toFixed(1).padStart(6)
      process.stdout.write(`${seconds} s  ${line}\n`)
    }
    const result = await inServers(values, say)
    say(verdictText(result))
    if (result.faults.length > 0) process.exitCode = 1
  },
})

async function inServers(values: ValuesOf<typeof options>, say: (line: string) => void): Promise<ChaosResult> {
  const started = await Promise.allSettled([
    startKafka({ ephemeral: true, providers: ['docker', 'jvm'], report: (line) => say(`kafka: ${line}`) }),
    startCassandra({ ephemeral: true, providers: ['docker', 'jvm'], report: (line) => say(`cassandra: ${line}`) }),
  ])
  const [kafka, cassandra] = started
  try {
    if (kafka.status === 'rejected') throw kafka.reason
    if (cassandra.status === 'rejected') throw cassandra.reason
    return await chaos(values, kafka.value, cassandra.value, say)
  } finally {
    await Promise.all(started.map(async (one) => (one.status === 'fulfilled' ? one.value.dispose() : undefined)))
  }
}

async function chaos(
  values: ValuesOf<typeof options>,
  kafka: Awaited<ReturnType<typeof startKafka>>,
  cassandra: Awaited<ReturnType<typeof startCassandra>>,
  report: (line: string) => void,
): Promise<ChaosResult> {
  const { ratings, kills, seed, partitions, rate } = values
  const plan = chaosPlan({
    seed,
    ratings,
    kills,
    cassandraRestarts: values['cassandra-restarts'],
    brokerRestarts: values['broker-restarts'],
  })
  const { brokers } = kafka
  const { contactPoints, localDataCenter } = cassandra
  const system = await ChaosSystem.create({
    brokers,
    cassandra: { contactPoints, localDataCenter },
    seed,
    partitions,
    everyMs: values.every,
  })
  report(`Seed ${seed}: ${plan.map(({ kind }) => kind).join(', ')}`)
  try {
    return await runChaos({ system, kafka, cassandra, plan, ratings, ratePerSecond: rate, report })
  } finally {
    await system.close()
  }
}

function verdictText(result: ChaosResult): string {
  const { faults, rows, reprocessed, processes, exitsInOutages, checks, peakRssBytes } = result
  const number = (value: number): string => value.toLocaleString('en')
  const facts = [
    `${number(rows)} rows`,
    `${number(processes)} processes`,
    `at least ${number(reprocessed)} records read again`,
    `offsets looked at ${checks} times`,
    `peak memory ${number(Math.round(peakRssBytes / 1024 / 1024))} MiB`,
    ...(exitsInOutages > 0 ? [`${exitsInOutages} gave up in an outage and were started again`] : []),
  ].join(', ')
  if (faults.length === 0) return `OK: the table is what it must be. ${facts}.`
  return `FAILED: ${facts}.\n${faults.map((fault) => `- ${fault}`).join('\n')}`
}
