import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type App, number, run as runTopology, string, topology } from 'millrace'
import { BenchmarkError, checkEqual } from '../benchmark-error.ts'
import { type Measured, startStopwatch } from '../stopwatch.ts'
import { until } from '../until.ts'
import { usedMemory } from '../used-memory.ts'
import { warningsLogger } from '../warnings-logger.ts'
import { keyOf, valueOf } from './produce-keys.ts'

export interface KeyedSumsInput {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly applicationId: string
  readonly storage: 'memory' | 'persistent'
  readonly stateFolder: string
  /** Every key once: what the store must hold when it runs, or is to hold when it has processed all of the topic. */
  readonly keys: number
  readonly processes: boolean
}

/** `records` are those that were restored. */
export interface KeyedSumsStart extends Measured {
  /** From the first state 'restoring' to 'running'. */
  readonly restoreMs: number
  /** How long nothing else had its turn at most: until the app was running, and while it processed. */
  readonly startBlockMs: number
  readonly processBlockMs: number
  /** What the process holds more than before `run()`, after garbage collection, per key. */
  readonly heapBytesPerKey: number
}

const storeName = 'sums'

/** An app that sums by key, up to when its state is there and, if it is to process, all of its input is committed. */
export async function run(input: KeyedSumsInput): Promise<KeyedSumsStart> {
  const { brokers, topic, applicationId, storage, stateFolder } = input
  const sums = topology('keyed-sums', (t) => {
    t.source(topic, { key: string(), value: number() })
      .groupByKey()
      .reduce((sum, value) => sum + value, { store: storeName, storage })
  })
  const before = usedMemory()
  const blocks = monitorEventLoopDelay({ resolution: 1 })
  const stop = startStopwatch()
  const app = await runTopology(sums, {
    kafka: { brokers },
    applicationId,
    stateFolder,
    logger: warningsLogger,
    signals: false,
  })
  const joinedMs = performance.now()
  blocks.enable()
  const failed = app.closed.then(() => new Promise<never>(() => {}))
  await Promise.race([until(() => app.state === 'running', 2), failed])
  const restoreMs = performance.now() - joinedMs
  const started = stop(app.metrics().total('records-restored'))
  const startBlockMs = blocks.max / 1e6
  blocks.reset()
  if (input.processes) await Promise.race([app.caughtUp(), failed])
  const processBlockMs = blocks.max / 1e6
  blocks.disable()
  const heapBytesPerKey = (usedMemory().heap - before.heap) / input.keys
  checkState(app, input.keys)
  await app.close()
  return { ...started, restoreMs, startBlockMs, processBlockMs, heapBytesPerKey }
}

function checkState(app: App, keys: number): void {
  const store = app.store<string, number>(storeName)
  let [count, sum, expected] = [0, 0, 0]
  for (const [, value] of store.all()) {
    count++
    sum += value
  }
  for (let index = 0; index < keys; index++) expected += valueOf(index)
  checkEqual('keys in the store', count, keys)
  checkEqual('sum of the store', sum, expected)
  for (const index of [0, 1, Math.floor(keys / 2), keys - 1]) {
    const value = store.get(keyOf(index))
    if (value !== valueOf(index)) throw new BenchmarkError(`key ${keyOf(index)}: ${value}, expected ${valueOf(index)}`)
  }
}
