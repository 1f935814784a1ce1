import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosEvent } from './chaos-plan.ts'
import type { ChaosSystem } from './chaos-system.ts'
import { faultOf } from './fault-text.ts'
import { GapWatch } from './gap-watch.ts'
import { type Phase, PhaseLog } from './phases.ts'
import { type Breakable, leave, strike } from './strike.ts'
import { verdict } from './verdict.ts'

export interface ChaosRun {
  readonly system: ChaosSystem
  /** undefined: the broker is not ours to break. */
  readonly kafka: Breakable | undefined
  readonly plan: readonly ChaosEvent[]
  readonly processes: number
  readonly say: (line: string) => void
}

/** What a run found. All is well when `faults` is empty. */
export interface ChaosResult {
  readonly faults: readonly string[]
  readonly phases: readonly Phase[]
  readonly processes: number
  /** Why processes gave up while a server was down; they were started again. */
  readonly exitsInOutages: readonly string[]
  readonly counts: number
  /** Results in the output that repeat an earlier one. */
  readonly repeatedResults: number
}

const stallMs = 150_000
const progressEveryMs = 5_000

/** Runs a plan while ratings come in, ends everything, and compares state and output with what they must be. */
export async function runChaos(run: ChaosRun): Promise<ChaosResult> {
  const { system, say } = run
  const { workers, producer } = system
  const faults: string[] = []
  let committed = 0
  const gaps = new GapWatch(
    () => workers.totals.consumed,
    () => committed >= producer.sent,
  )
  const ticker = setInterval(() => {
    say(`  … ${number(producer.sent)} sent, ${number(committed)} committed, ${workers.running.length} processes`)
  }, progressEveryMs)
  const phases = new PhaseLog(workers, gaps, say)
  const watching = watch(system, (records) => {
    committed = records
  })
  try {
    await disturb(run, phases, faults, () => committed)
    say(`All ${number(producer.sent)} ratings are sent and committed; ending all processes`)
    for (const worker of workers.running) {
      await system.until(() => worker.report !== undefined, stallMs)
      faults.push(...(await leave(worker, system)))
    }
  } finally {
    clearInterval(ticker)
    gaps.stop()
    watching.stop()
  }
  for (const one of workers.faults) {
    const how = one.failure ?? `ended by itself with ${one.signal ?? one.code}`
    faults.push(faultOf(how, one))
  }
  const found = await verdict(system, say)
  faults.push(...found.faults)
  const { counts, repeatedResults } = found
  const { started: processes, exitsInOutages } = workers
  return { faults, phases: phases.all, processes, exitsInOutages, counts, repeatedResults }
}

async function disturb(
  { system, kafka, plan, processes }: ChaosRun,
  phases: PhaseLog,
  faults: string[],
  committed: () => number,
): Promise<void> {
  const { workers, producer, settings } = system
  // so far ahead that there is always something to process, and never so much that it is all read before the next event
  const slack = Math.ceil((0.8 * settings.ratings) / (plan.length + 1))
  let allowed = slack
  // an event that lasts must not run out of ratings either
  const trickle = setInterval(() => {
    if (isStriking && producer.sent >= allowed && committed() > producer.sent - slack / 8) allowed += slack / 40
  }, 100)
  let isStriking = false
  const producing = producer.sendAll(() => allowed)
  producing.catch(() => {})
  for (let made = 0; made < processes; made++) workers.start()
  for (const event of plan) {
    allowed = Math.max(allowed, event.atRecords + slack)
    if (!(await system.until(() => committed() >= event.atRecords, stallMs))) {
      const logs = workers.running.map((worker) => faultOf(`state ${worker.state}`, worker)).join('\n')
      faults.push(`no progress for ${stallMs / 1000} s before ${event.kind} at ${committed()} records: ${logs}`)
      break
    }
    await sleep(event.delayMs)
    phases.begin(event.kind, committed())
    isStriking = true
    faults.push(...(await strike(event, system, kafka)))
    isStriking = false
  }
  clearInterval(trickle)
  allowed = settings.ratings
  await producing
  if (!(await system.until(() => system.isCaughtUp(), 2 * stallMs))) {
    const logs = workers.running.map((worker) => faultOf(`state ${worker.state}`, worker)).join('\n')
    faults.push(`not everything was committed in time: ${logs}`)
  }
  phases.end(committed())
}

/** Asks all the time what is committed; an outage of the broker is no fault. */
function watch(system: ChaosSystem, onProgress: (records: number) => void): { stop(): void } {
  let isStopped = false
  const ask = async (): Promise<void> => {
    while (!isStopped) {
      await system.progress().then(onProgress, () => {})
      await sleep(50)
    }
  }
  void ask()
  return {
    stop: () => {
      isStopped = true
    },
  }
}

function number(value: number): string {
  return value.toLocaleString('en')
}
