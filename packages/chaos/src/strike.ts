import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '@millrace/local-services'
import type { ChaosEvent } from './chaos-plan.ts'
import type { ChaosSystem } from './chaos-system.ts'
import { faultOf } from './fault-text.ts'
import type { WorkerProcess } from './workers/worker-process.ts'

/** A broker that may be broken; undefined for one that is not ours. */
export type Breakable = Pick<Server, 'kill' | 'restart' | 'pause' | 'resume'>

const moveMs = 120_000
const leaveMs = 60_000
const brokerDownMs = 3_000
const brokerPauseMs = 40_000

/** Lets one event happen; gives faults in words. */
export async function strike(
  event: ChaosEvent,
  system: ChaosSystem,
  kafka: Breakable | undefined,
): Promise<readonly string[]> {
  const { workers } = system
  switch (event.kind) {
    case 'kill': {
      const victim = chosen(event, system)
      await workers.kill(victim)
      workers.start()
      return []
    }
    case 'join': {
      const joined = workers.start()
      const works = await system.until(() => joined.working.length > 0, moveMs)
      return works ? [] : [faultOf('a worker that joined got no task', joined)]
    }
    case 'leave':
      return leave(chosen(event, system), system)
    case 'zombie':
      return zombie(chosen(event, system), system)
    case 'broker-kill':
      await workers.duringOutage(async () => {
        await kafka?.kill()
        await sleep(brokerDownMs)
        await kafka?.restart()
      })
      return []
    case 'broker-pause':
      await workers.duringOutage(async () => {
        await kafka?.pause()
        await sleep(brokerPauseMs)
        await kafka?.resume()
      })
      return []
    default:
      return event.kind satisfies never
  }
}

/** SIGTERM must end a worker in time and with exit code 0. */
export async function leave(worker: WorkerProcess, { workers }: ChaosSystem): Promise<readonly string[]> {
  const exit = await workers.terminate(worker, leaveMs)
  if (exit?.code === 0) return []
  const how =
    exit === undefined ? `had not ended ${leaveMs / 1000} s after` : `ended with ${exit.signal ?? exit.code} at`
  return [faultOf(`a worker ${how} SIGTERM`, worker)]
}

/** A process that stands still until others have its tasks, and then goes on as if nothing had happened. */
async function zombie(victim: WorkerProcess, system: ChaosSystem): Promise<readonly string[]> {
  const { workers } = system
  victim.signal('SIGSTOP')
  try {
    const others = (): ReadonlySet<string> =>
      new Set(workers.running.filter((worker) => worker !== victim).flatMap((worker) => worker.working))
    if (!(await system.until(() => others().size === system.taskCount, moveMs))) {
      return [faultOf(`the tasks of a stopped worker have not moved in ${moveMs / 1000} s`, victim)]
    }
    // the new owners must have written, so that there is something to corrupt
    await sleep(1_000)
    return []
  } finally {
    victim.signal('SIGCONT')
  }
}

/** One that works; what has only started has nothing to lose. */
function chosen({ choice }: ChaosEvent, { workers }: ChaosSystem): WorkerProcess {
  const working = workers.running.filter((worker) => worker.working.length > 0)
  const from = working.length > 0 ? working : workers.running
  return from[Math.floor(choice * from.length)]!
}
