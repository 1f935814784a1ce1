import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Topology } from '../../dsl/index.ts'
import { compile } from '../../compile/index.ts'
import type { StateStore } from '../../ports/index.ts'
import { json, string } from '../../serde/index.ts'
import type { Written } from '../driver/driver-outputs.ts'
import { DriverTasks, type DriverTaskOptions } from '../driver/driver-tasks.ts'
import { manualClock } from '../manual-clock.ts'
import { joinTypes, type Step } from './random-pipeline.ts'
import { anyStep, type RandomRecord, randomTopology, recordsOf, stepsOf, tableStep } from './random-topology.ts'
import { runInBatches } from './run-in-batches.ts'

// More for a night: RANDOM_TOPOLOGIES=5000 RANDOM_SEED=… npx vitest run --project unit random-topology
const numRuns = Number(process.env['RANDOM_TOPOLOGIES'] ?? 20)
const seed = process.env['RANDOM_SEED'] === undefined ? {} : { seed: Number(process.env['RANDOM_SEED']) }

const topics = ['s', 's', 's2', 't', 'g'] as const
// A join reads what a record cache has not let go yet, and may then miss that it came and went: as in Kafka Streams.
const tablesWithoutJoins = tableStep.filter((name) => !name.endsWith('Join'))
const pipelines = stepsOf(anyStep, 7)
const records = recordsOf(topics, 40)

const keySerde = string()
const valueSerde = json<number | null>()

const written = (record: RandomRecord): Written => ({
  topic: record.topic,
  key: record.key === null ? null : keySerde.serialize(record.key, record.topic),
  value: record.value === null ? null : valueSerde.serialize(record.value, record.topic),
  timestamp: record.at,
  headers: [],
})

interface Outcome {
  readonly outputs: readonly Written[]
  readonly stores: Readonly<Record<string, unknown>>
  readonly counters: readonly number[]
}

function outcome(driver: DriverTasks): Outcome {
  // what waits in the buffer of a join with grace is numbered, from anew after a restart; the results tell of it
  const names = driver.storeNames.filter((name) => !name.endsWith('-buffer'))
  const stores = Object.fromEntries(names.map((name) => [name, contentOf(driver.store(name)!)]))
  const counters = [driver.metrics.total('records-dropped'), driver.metrics.total('records-skipped')]
  return { outputs: driver.outputs.written, stores, counters }
}

function contentOf(store: StateStore & { all?(): Iterable<unknown> }): unknown {
  return store.all === undefined ? undefined : [...store.all()]
}

interface RunOptions extends DriverTaskOptions {
  /** What happens in the middle. */
  readonly halfway?: (driver: DriverTasks) => void
}

/** Whether a task reads an internal topic besides others: after a crash they may interleave in another way. */
function mixesInternalTopics(topology: Topology): boolean {
  const { subTopologies, repartitionTopics } = compile(topology.plan)
  const isInternal = (topic: string): boolean => repartitionTopics.some((one) => one.topic === topic)
  return subTopologies.some(({ sourceTopics }) => sourceTopics.length > 1 && sourceTopics.some(isInternal))
}

/**
 * How long a stream join waits with what matches nothing depends on what it has looked at since it was opened, as in
 * Kafka Streams: a restart may change when such a record goes on.
 */
function withInnerStreamJoins(steps: readonly Step[]): Step[] {
  return steps.map((step) => (step.operation === 'joinStream' ? { ...step, n: step.n * joinTypes.length } : step))
}

function run(topology: Topology, sent: readonly RandomRecord[], options: RunOptions = {}): Outcome {
  const { halfway, ...driverOptions } = options
  const driver = new DriverTasks(compile(topology.plan), new Map(), manualClock(), driverOptions)
  try {
    for (const [at, record] of sent.entries()) {
      if (at === sent.length >> 1) halfway?.(driver)
      driver.send(written(record))
    }
    driver.commit()
    return outcome(driver)
  } finally {
    driver.close()
  }
}

/** Checks with the topology's text in front of a failure. */
function forAll(
  steps: fc.Arbitrary<Step[]>,
  sent: fc.Arbitrary<RandomRecord[]>,
  check: (steps: readonly Step[], sent: readonly RandomRecord[]) => void,
): void {
  const property = fc.property(steps, sent, (operations, rows) => {
    try {
      check(operations, rows)
    } catch (cause) {
      if (cause instanceof Error) cause.message = `${randomTopology(operations).describe()}\n\n${cause.message}`
      throw cause
    }
  })
  fc.assert(property, { numRuns, ...seed })
}

describe('a random topology on random records', () => {
  it('gives the same however its input is cut into deliveries and micro-batches', () => {
    forAll(pipelines, records, (steps, sent) => {
      const topology = randomTopology(steps)
      const logs = new Map<string, Written[]>()
      for (const record of [...sent.map(written), ...run(topology, sent).outputs]) {
        logs.set(record.topic, [...(logs.get(record.topic) ?? []), record])
      }
      const one = runInBatches(topology, logs, { delivery: 1, microBatch: 1 })
      for (const cut of [
        { delivery: 7, microBatch: 3 },
        { delivery: 3, microBatch: 100 },
        { delivery: 1000, microBatch: 1000 },
      ]) {
        expect(runInBatches(topology, logs, cut)).toEqual(one)
      }
    })
  })

  it('gives the same with stores in memory and on LMDB', () => {
    forAll(pipelines, records, (steps, sent) => {
      const topology = randomTopology(steps)
      expect(run(topology, sent, { storage: 'persistent' })).toEqual(run(topology, sent, { storage: 'memory' }))
    })
  })

  it.each(['memory', 'persistent'] as const)(
    'goes on after a restart as if there had been none, with stores: %s',
    (storage) => {
      forAll(pipelines, records, (steps, sent) => {
        const topology = randomTopology(steps)
        const halfway = (driver: DriverTasks): void => driver.restart(false)
        expect(run(topology, sent, { storage, halfway })).toEqual(run(topology, sent))
      })
    },
  )

  it.each(['memory', 'persistent'] as const)('has exact state after a crash where explain() says so: %s', (storage) => {
    // A global table is read in full before a task goes on, so what is processed again meets later rows.
    const steps = stepsOf(
      anyStep.filter((name) => name !== 'joinGlobal'),
      7,
    )
    forAll(steps.map(withInnerStreamJoins), records, (operations, sent) => {
      const topology = randomTopology(operations)
      if (topology.explain().includes('may double') || mixesInternalTopics(topology)) return
      const halfway = (driver: DriverTasks): void => driver.restart(true)
      const crashed = run(topology, sent, { storage, commitEvery: 4, halfway })
      expect(crashed.stores).toEqual(run(topology, sent).stores)
    })
  })

  it('brings tables to the same state with record caches and without', () => {
    forAll(stepsOf(tablesWithoutJoins, 6), recordsOf(['s', 's2', 't'], 40), (steps, sent) => {
      const plain = lastValues(run(randomTopology(steps), sent))
      for (const commitEvery of [3, 1000]) {
        expect(lastValues(run(randomTopology(steps, { cache: 200 }), sent, { commitEvery }))).toEqual(plain)
      }
    })
  })
})

/** Of every table, by topic and key; what was deleted is not there. */
function lastValues({ outputs }: Outcome): Readonly<Record<string, unknown>> {
  const values = new Map<string, string>()
  for (const { topic, key, value: bytes } of outputs) {
    const row = `${topic} ${String(key)}`
    if (!topic.startsWith('table-')) continue
    if (bytes === null) values.delete(row)
    else values.set(row, String(bytes))
  }
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)))
}
