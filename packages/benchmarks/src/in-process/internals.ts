import type { compile } from '../../../millrace/dist/compile/index.js'
import type { createLmdbStores, createMemoryStores } from '../../../millrace/dist/state/index.js'
import type { Task } from '../../../millrace/dist/task/index.js'
import type { MetricsRegistry } from '../../../millrace/dist/runtime/metrics-registry.js'

export type { StoreFactory } from '../../../millrace/dist/state/index.js'
export type { TaskHost } from '../../../millrace/dist/task/index.js'

/** What the library does not show, and a measurement of the pipeline alone needs. */
export interface Internals {
  readonly compile: typeof compile
  readonly Task: typeof Task
  readonly MetricsRegistry: typeof MetricsRegistry
  readonly createMemoryStores: typeof createMemoryStores
  readonly createLmdbStores: typeof createLmdbStores
}

/** Loads them from the build, past the package's exports. */
export async function loadInternals(): Promise<Internals> {
  const [compiler, tasks, metrics, stores] = await Promise.all(
    ['compile/index.js', 'task/index.js', 'runtime/metrics-registry.js', 'state/index.js'].map(
      (path) => import(new URL(`../../../millrace/dist/${path}`, import.meta.url).href) as Promise<object>,
    ),
  )
  return { ...compiler, ...tasks, ...metrics, ...stores } as Internals
}
