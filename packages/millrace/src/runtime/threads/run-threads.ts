import { join } from 'node:path'
import { messageOf, StreamsError } from '../../errors/index.ts'
import { fillOptions } from '../run-options.ts'
import { ThreadedApp } from './threaded-app.ts'
import type { ThreadData, ThreadRunOptions, TopologyModule } from './thread-messages.ts'

/** How a topology runs in threads. */
export interface ThreadsOptions extends ThreadRunOptions {
  /** Worker threads; a core each is what they can use. */
  readonly threads: number
  /** Whether SIGTERM and SIGINT close the app. Default true. */
  readonly signals?: boolean
}

/** Throws OPTION_INVALID. */
export async function runThreads(topology: TopologyModule, options: ThreadsOptions): Promise<ThreadedApp> {
  const { threads, signals = true, ...rest } = options
  if (!Number.isInteger(threads) || threads < 1) throw invalid(`threads is ${threads}`, 'Give a whole number above 0.')
  if (rest.kafka === undefined) {
    throw invalid('threads need Kafka', 'Give { kafka: { brokers } }; an embedded broker lives in one thread alone.')
  }
  const { stateFolder } = fillOptions(rest)
  // threads of one process cannot lock each other out of a folder, so each has its own, the same at every start
  const dataOf = (thread: number): ThreadData => ({
    module: String(topology.module),
    export: topology.export ?? 'default',
    options: { ...rest, stateFolder: join(stateFolder, `thread-${thread}`) },
  })
  let app: ThreadedApp
  try {
    app = new ThreadedApp(dataOf, threads, signals)
  } catch (cause) {
    throw invalid(`an option cannot be copied to a thread: ${messageOf(cause)}`, 'Give plain values, no functions.')
  }
  await app.started()
  return app
}

function invalid(what: string, hint: string): StreamsError {
  return new StreamsError({ code: 'OPTION_INVALID', what: `run() cannot use its options: ${what}`, hint })
}
