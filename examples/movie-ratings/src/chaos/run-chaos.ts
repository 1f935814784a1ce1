import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '@millrace/local-services'
import type { ChaosEvent } from './chaos-plan.ts'
import type { ChaosSystem } from './chaos-system.ts'
import type { PipelineProcess } from './pipeline-process.ts'

export interface ChaosRun {
  readonly system: ChaosSystem
  readonly kafka: Pick<Server, 'kill' | 'restart'>
  readonly cassandra: Pick<Server, 'kill' | 'restart'>
  readonly plan: readonly ChaosEvent[]
  readonly ratings: number
  /** Ratings per second; 0 is as fast as Kafka takes them. */
  readonly ratePerSecond: number
  readonly report: (line: string) => void
}

/** What a run found. All is well when `faults` is empty. */
export interface ChaosResult {
  readonly faults: readonly string[]
  readonly rows: number
  /** Records that were read again, at least: a killed process may have read a few more than it had said. */
  readonly reprocessed: number
  readonly processes: number
  readonly exitsInOutages: number
  readonly checks: number
  readonly peakRssBytes: number
}

const stallMs = 120_000
const leaveMs = 40_000

/** Runs a plan against a system and says what the table looks like afterwards. */
export async function runChaos(run: ChaosRun): Promise<ChaosResult> {
  const { system, report } = run
  const faults: string[] = []
  const before = await system.progress()
  // all at once would be read in one go, and leave nothing to be killed in
  const stretch = Math.ceil(run.ratings / (run.plan.length + 1))
  // less than what lies between two events, so that a pipeline has got on before the next one
  const slack = Math.floor(0.15 * stretch)
  let allowed = slack
  const producing = system.produce(run.ratings, { ratePerSecond: run.ratePerSecond, allowed: () => allowed })
  producing.catch(() => {})
  system.pipelines.start()
  for (const event of run.plan) {
    allowed = event.atRecords + slack
    if (!(await due(system, event, before, faults))) break
    await strike(event, run, faults)
    const ahead = await system.offsetsAhead()
    if (ahead.length > 0) faults.push(`offsets were ahead of the table by ${ahead.length} ratings: ${ahead.at(0)}`)
    const done = (await system.progress()) - before
    report(`${event.kind}: ${done.toLocaleString('en')} of ${run.ratings.toLocaleString('en')} ratings committed`)
  }
  allowed = run.ratings
  await producing
  report(`${system.log.records.toLocaleString('en')} records are in the topic; waiting until all are committed`)
  if (!(await system.reached(system.log.records, 2 * stallMs))) faults.push('not all records were committed in time')
  await leave(system, faults)
  return { ...(await verdict(system, faults, report)), faults }
}

async function due(system: ChaosSystem, event: ChaosEvent, before: number, faults: string[]): Promise<boolean> {
  if (event.kind === 'kill-early') {
    await sleep(event.delayMs)
    return true
  }
  if (await system.reached(before + event.atRecords, stallMs)) {
    await sleep(event.delayMs)
    return true
  }
  faults.push(`no progress for ${stallMs / 1000} s before ${event.kind}: ${logsOf(system)}`)
  return false
}

async function strike(event: ChaosEvent, { system, kafka, cassandra }: ChaosRun, faults: string[]): Promise<void> {
  const { pipelines } = system
  switch (event.kind) {
    case 'kill':
    case 'kill-early':
      await Promise.all(pipelines.running.map((one) => pipelines.kill(one)))
      pipelines.start()
      return
    case 'cassandra-restart':
      return pipelines.duringOutage(() => restart(cassandra, event.downMs))
    case 'broker-restart':
      return pipelines.duringOutage(() => restart(kafka, event.downMs))
    case 'second-leaves':
    case 'second-killed':
      return second(event, system, faults)
    default:
      return event.kind satisfies never
  }
}

async function restart(server: Pick<Server, 'kill' | 'restart'>, downMs: number): Promise<void> {
  await server.kill()
  await sleep(downMs)
  await server.restart()
}

/** A second pipeline joins; when it has a share of the work the first one goes. */
async function second(event: ChaosEvent, { pipelines }: ChaosSystem, faults: string[]): Promise<void> {
  const [first] = pipelines.running
  const other = pipelines.start()
  if (!(await works(other))) return void faults.push(`a second pipeline got no task: ${other.log.join('\n')}`)
  await sleep(event.delayMs)
  if (first === undefined || !(await works(first))) return
  if (event.kind === 'second-killed') return pipelines.kill(first)
  const exit = await pipelines.terminate(first, leaveMs)
  if (exit?.code !== 0) faults.push(`a pipeline that was to leave ended with ${ending(exit)}: ${first.log.join('\n')}`)
}

/** Waits until a pipeline has a task. False when it takes too long. */
async function works(pipeline: PipelineProcess): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < stallMs; waitedMs += 50) {
    if ((pipeline.report?.tasks ?? 0) > 0) return true
    await sleep(50)
  }
  return false
}

async function leave({ pipelines }: ChaosSystem, faults: string[]): Promise<void> {
  for (const pipeline of pipelines.running) {
    // before it has started, a signal ends it as it ends any process
    await works(pipeline)
    const exit = await pipelines.terminate(pipeline, leaveMs)
    if (exit?.code !== 0) faults.push(`the last pipeline ended with ${ending(exit)}: ${pipeline.log.join('\n')}`)
  }
}

async function verdict(
  system: ChaosSystem,
  faults: string[],
  report: (line: string) => void,
): Promise<Omit<ChaosResult, 'faults'>> {
  const { pipelines, log } = system
  report('Comparing every column of every row with what the ratings and the catalogue give')
  const { rows, expectedRows, differences } = await system.compare()
  if (rows !== expectedRows) faults.push(`the table has ${rows} rows, expected are ${expectedRows}`)
  faults.push(...differences)
  const deadLetters = await system.deadLetters()
  if (deadLetters < log.notRatings) faults.push(`${deadLetters} dead letters for ${log.notRatings} bad records`)
  const unexplained = await log.unexplainedRecords()
  if (unexplained !== 0) faults.push(`the topic has ${unexplained} records that were not acknowledged`)
  for (const { code, signal, log: lines } of pipelines.faults) {
    faults.push(`a pipeline ended by itself with ${signal ?? code}: ${lines.join('\n')}`)
  }
  return {
    rows,
    reprocessed: pipelines.consumed - log.records,
    processes: pipelines.started,
    exitsInOutages: pipelines.exitsInOutages,
    checks: system.checks,
    peakRssBytes: pipelines.peakRssBytes,
  }
}

function logsOf({ pipelines }: ChaosSystem): string {
  return pipelines.running.map(({ log }) => log.join('\n')).join('\n--\n')
}

function ending(exit: { readonly code: number | null; readonly signal: string | null } | undefined): string {
  return exit === undefined ? `nothing for ${leaveMs / 1000} s` : String(exit.signal ?? exit.code)
}
