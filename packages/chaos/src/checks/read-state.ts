import { run } from 'millrace'
import type { ChaosSystem } from '../chaos-system.ts'
import { ChaosError } from '../chaos-error.ts'
import { chaosTopology, countName, storeName } from '../topologies.ts'
import { lineLogger } from '../workers/line-logger.ts'

const restoreMs = 180_000

/** Runs the app alone with a state folder, until everything is restored, and reads its store. */
export async function readState(system: ChaosSystem, stateFolder: string): Promise<ReadonlyMap<string, number>> {
  const { settings, topics, applicationId } = system
  const { brokers, topology, storage, guarantee, sessionTimeoutMs } = settings
  const quiet = { ...lineLogger, info: () => {}, child: () => quiet }
  const app = await run(chaosTopology(topology, storage, topics), {
    applicationId,
    kafka: { brokers, sessionTimeoutMs },
    guarantee,
    stateFolder,
    signals: false,
    logger: quiet,
  })
  try {
    const isRestored = (): boolean => app.state === 'running' && app.metrics().tasks.length === system.taskCount
    if (!(await system.until(isRestored, restoreMs))) throw new ChaosError('The state was not restored in time')
    const counts = new Map<string, number>()
    for (const [key, count, window] of app.store<string, number>(storeName).all()) {
      counts.set(countName(key, window!.start), count)
    }
    return counts
  } finally {
    await app.close()
  }
}
