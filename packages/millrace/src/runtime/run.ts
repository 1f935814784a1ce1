import { compile, type CompiledTopology } from '../compile/index.ts'
import type { Plan } from '../plan/index.ts'
import { checkName } from '../plan/index.ts'
import { App } from './app.ts'
import { openResources, type Resources } from './resources.ts'
import { fillOptions, type FilledRunOptions, type RunOptions } from './run-options.ts'
import { startupCheck } from './startup-check.ts'
import { runThreads, type ThreadsOptions } from './threads/run-threads.ts'
import type { ThreadedApp } from './threads/threaded-app.ts'
import type { TopologyModule } from './threads/thread-messages.ts'

/**
 * Starts a topology. Resolves when the app has its first assignment and reads. Before it joins the group it checks
 * everything that can be checked; rejects with a StartupError that lists all faults, or with OPTION_INVALID. Default:
 * in this process alone, on an embedded broker and embedded tables.
 *
 * With `threads`, and a module that exports the topology in place of the topology, in as many worker threads: more cores
 * for one process. It needs Kafka, as an embedded broker is not shared among threads.
 */
export function run(topology: { readonly plan: Plan }, options?: RunOptions): Promise<App>
export function run(topology: TopologyModule, options: ThreadsOptions): Promise<ThreadedApp>
export async function run(
  topology: { readonly plan: Plan } | TopologyModule,
  options: RunOptions | ThreadsOptions = {},
): Promise<App | ThreadedApp> {
  if (!('plan' in topology)) return runThreads(topology, options as ThreadsOptions)
  return runHere(topology, options)
}

async function runHere(topology: { readonly plan: Plan }, options: RunOptions): Promise<App> {
  const filled = fillOptions(options)
  const applicationId = options.applicationId ?? topology.plan.name
  checkName(applicationId, 'applicationId')
  const compiled = compile(topology.plan, { applicationId })
  const resources = await openResources(compiled, options)
  const app = await openApp(applicationId, compiled, resources, filled)
  if (options.signals ?? true) app.closeOnSignals()
  await app.start()
  return app
}

async function openApp(
  applicationId: string,
  compiled: CompiledTopology,
  resources: Resources,
  options: FilledRunOptions,
): Promise<App> {
  try {
    const { topology, counts } = await startupCheck(compiled, resources, options.replicationFactor)
    return new App(applicationId, topology, resources, counts, options)
  } catch (thrown) {
    await resources.close()
    throw thrown
  }
}
