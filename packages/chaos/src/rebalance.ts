import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from 'millrace'
import type { ChaosSystem } from './chaos-system.ts'
import { GapWatch } from './gap-watch.ts'
import { leave } from './strike.ts'
import { verdict } from './verdict.ts'

export interface RebalanceResult {
  readonly faults: readonly string[]
  /** The longest time in which no process processed anything, ms. */
  readonly gapMs: number
  /** From the start of the new process until it works and all tasks do, ms. */
  readonly settledMs: number
  readonly moved: readonly string[]
  /** Records that were restored after the new process came, by task. */
  readonly restored: ReadonlyMap<string, number>
  readonly taskCount: number
}

const limitMs = 120_000
/** Of the ratings, how much is processed before the new process comes. */
const before = 0.5
const calmMs = 2_000

/** Adds a process to some that work, while ratings come in. */
export async function rebalance(
  system: ChaosSystem,
  processes: number,
  say: (line: string) => void,
): Promise<RebalanceResult> {
  const { workers, producer, settings } = system
  let allowed = before * settings.ratings
  const producing = producer.sendAll(() => allowed)
  producing.catch(() => {})
  for (let made = 0; made < processes; made++) workers.start()
  const faults: string[] = []
  const isSettled = (): boolean => workers.running.flatMap(({ working }) => working).length === system.taskCount
  if (!(await system.reached(before * settings.ratings, limitMs)))
    faults.push('the first half was not processed in time')
  if (!(await system.until(isSettled, limitMs))) faults.push('the first processes did not get all tasks')
  say(`${processes} processes have counted ${producer.sent.toLocaleString('en')} ratings; one more joins`)
  // from now on a trickle, so that a gap in processing is a gap in what the processes do
  const trickle = setInterval(() => {
    allowed = Math.min(settings.ratings, allowed + settings.ratings / 2_000)
  }, 20)
  const gaps = new GapWatch(
    () => workers.totals.consumed,
    () => false,
  )
  await sleep(calmMs)
  const calmGapMs = gaps.take()
  const owned = new Map(workers.running.map((worker) => [worker, new Set(worker.report?.tasks)]))
  const restoredBefore = restoredByTask(system)
  const startedMs = systemClock.nowMs()
  const joined = workers.start()
  if (!(await system.until(() => joined.working.length > 0 && isSettled(), limitMs))) {
    faults.push('the tasks were not taken over in time')
  }
  const settledMs = systemClock.nowMs() - startedMs
  await sleep(calmMs)
  const gapMs = gaps.take()
  say(`Without a rebalance nothing was processed for at most ${calmGapMs} ms`)
  const moved = workers.running.flatMap((worker) =>
    (worker.report?.tasks ?? []).filter((task) => owned.get(worker)?.has(task) !== true),
  )
  const restored = new Map(
    [...restoredByTask(system)].flatMap(([task, records]) => {
      const more = records - (restoredBefore.get(task) ?? 0)
      return more > 0 ? [[task, more] as const] : []
    }),
  )
  for (const task of restored.keys()) if (!moved.includes(task)) faults.push(`${task} was restored and has not moved`)
  clearInterval(trickle)
  gaps.stop()
  allowed = settings.ratings
  await producing
  if (!(await system.until(() => system.isCaughtUp(), limitMs))) faults.push('not everything was committed in time')
  for (const worker of workers.running) faults.push(...(await leave(worker, system)))
  faults.push(...(await verdict(system, say)).faults)
  return { faults, gapMs, settledMs, moved, restored, taskCount: system.taskCount }
}

export function rebalanceText(result: RebalanceResult): string {
  const { faults, gapMs, settledMs, moved, restored, taskCount } = result
  const records = [...restored.values()].reduce((sum, one) => sum + one, 0)
  const lines = [
    `Nothing was processed for ${gapMs} ms; all ${taskCount} tasks worked again ${settledMs} ms after the process was started.`,
    `${moved.length} tasks moved: ${moved.join(', ')}.`,
    `${restored.size} were restored (${records.toLocaleString('en')} records): ${[...restored.keys()].join(', ') || 'none'}.`,
    faults.length === 0 ? 'OK: only moved tasks were restored, and state and output are what they must be.' : 'FAILED:',
  ]
  return [...lines, ...faults.map((fault) => `- ${fault}`)].join('\n')
}

function restoredByTask({ workers }: ChaosSystem): ReadonlyMap<string, number> {
  const restored = new Map<string, number>()
  for (const { report } of workers.running) {
    for (const [task, records] of Object.entries(report?.restored ?? {})) {
      restored.set(task, (restored.get(task) ?? 0) + records)
    }
  }
  return restored
}
