import { startKafka } from '@millrace/local-services'
import { systemClock } from 'millrace'
import { ChaosError } from './chaos-error.ts'
import { chaosPlan } from './chaos-plan.ts'
import { ChaosSystem } from './chaos-system.ts'
import { helpText } from './help.ts'
import { type Options, readOptions } from './options.ts'
import { phasesText } from './phases.ts'
import { rebalance, rebalanceText } from './rebalance.ts'
import { type ChaosResult, runChaos } from './run-chaos.ts'
import type { Breakable } from './strike.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options | 'help'
  try {
    options = readOptions(args)
  } catch (thrown) {
    if (!(thrown instanceof ChaosError)) throw thrown
    process.stderr.write(`${thrown.message}.\nTry 'npm run chaos -- --help'.\n`)
    return 2
  }
  if (options !== 'help') return inServer(options)
  process.stdout.write(helpText)
  return 0
}

async function inServer(options: Options): Promise<number> {
  const startedMs = systemClock.nowMs()
  const say = (line: string): void => {
    const seconds = ((systemClock.nowMs() - startedMs) / 1000).toFixed(1).padStart(6)
    process.stdout.write(`${seconds} s  ${line}\n`)
  }
  const isGiven = (process.env.KAFKA_BROKERS ?? '') !== ''
  if (isGiven && options.brokerKills + options.brokerPauses > 0) {
    process.stderr.write(
      'A broker that KAFKA_BROKERS names is not broken: leave out --broker-kills and --broker-pauses.\n',
    )
    return 2
  }
  const kafka = await startKafka({ ephemeral: true, report: (line) => say(`kafka: ${line}`) })
  try {
    const system = await ChaosSystem.create({ ...options, brokers: kafka.brokers })
    // what is interrupted leaves no process behind
    const stop = (): void => void system.workers.close().finally(() => process.exit(130))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    try {
      return await inSystem(options, system, isGiven ? undefined : kafka, say)
    } finally {
      await system.close()
    }
  } finally {
    await kafka.dispose()
  }
}

async function inSystem(
  options: Options,
  system: ChaosSystem,
  kafka: Breakable | undefined,
  say: (line: string) => void,
): Promise<number> {
  if (options.command === 'rebalance') {
    const result = await rebalance(system, options.processes, say)
    say(rebalanceText(result))
    return result.faults.length > 0 ? 1 : 0
  }
  const plan = chaosPlan(options)
  say(
    `${options.topology}, ${options.guarantee}, ${options.storage}, ${options.standbyReplicas} standbys, seed ${options.seed}`,
  )
  say(`Plan: ${plan.map(({ kind }) => kind).join(', ')}`)
  const result = await runChaos({ system, kafka, plan, processes: options.processes, say })
  process.stdout.write(`${phasesText(result.phases)}\n`)
  say(verdictText(result))
  return result.faults.length > 0 ? 1 : 0
}

function verdictText({ faults, counts, processes, exitsInOutages, repeatedResults }: ChaosResult): string {
  const facts = [
    `${counts.toLocaleString('en')} counts`,
    `${processes} processes`,
    `${repeatedResults.toLocaleString('en')} repeated results`,
    ...exitsInOutages.map((reason) => `a process gave up in an outage and was started again (${reason})`),
  ].join(', ')
  if (faults.length === 0) return `OK: state and output are what they must be. ${facts}.`
  return `FAILED: ${facts}.\n${faults.map((fault) => `- ${fault}`).join('\n')}`
}
