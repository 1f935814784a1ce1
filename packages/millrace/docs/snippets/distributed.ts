import {
  type App,
  long,
  run,
  type RunOptions,
  seconds,
  StreamsError,
  string,
  type ThreadedApp,
  topology,
} from 'millrace'

const kafka = { brokers: ['localhost:9092'] }

// #region topology
export const pages = topology('pages', (t) => {
  t.source('visits', { value: string() })
    .groupByKey()
    .count({ store: 'visits-per-page', storage: 'persistent' })
    .toStream()
    .to('visits-per-page', { value: long() })
})
// #endregion

// #region options
export const options: RunOptions = {
  kafka,
  guarantee: 'exactly-once',
  instances: 2, // members of the group in this process
  standbyReplicas: 1,
  stateFolder: '/var/lib/pages',
  endpoint: 'http://pages-1:8080', // told to the others, for queries
  replicationFactor: 3,
}
// #endregion

// #region threads
/** In four worker threads. Each loads the module, a built file, by itself. */
export function inThreads(): Promise<ThreadedApp> {
  const module = new URL('./pages.js', import.meta.url)
  return run({ module, export: 'pages' }, { threads: 4, kafka, commit: { every: seconds(10) } })
}
// #endregion

// #region query
/** The visits of a page: from this process, or by `ask` from the one that has the page. */
export async function visits(
  app: App,
  page: string,
  ask: (endpoint: string, page: string) => Promise<number>,
): Promise<number> {
  const { isLocal, endpoint } = app.locate('visits-per-page', page)
  if (!isLocal && endpoint !== undefined) return ask(endpoint, page)
  return app.store<string, number>('visits-per-page').get(page) ?? 0
}
// #endregion

// #region retry
/** As above; undefined while nobody can tell: the store is being restored, or its task is on its way to a new owner. */
export async function visitsNow(app: App, page: string): Promise<number | undefined> {
  try {
    return app.store<string, number>('visits-per-page').get(page) ?? 0
  } catch (error) {
    // STORE_RESTORING, or STORE_ELSEWHERE without a known owner
    if (error instanceof StreamsError && error.retriable) return undefined
    throw error
  }
}
// #endregion
