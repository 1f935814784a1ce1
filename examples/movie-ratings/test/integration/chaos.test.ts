import { setTimeout as sleep } from 'node:timers/promises'
import { startCassandra, startKafka, type Server } from '@millrace/local-services'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type ChaosEvent, chaosPlan } from '../../src/chaos/chaos-plan.ts'
import { ChaosSystem } from '../../src/chaos/chaos-system.ts'
import type { PipelineProcess } from '../../src/chaos/pipeline-process.ts'
import { runChaos } from '../../src/chaos/run-chaos.ts'

const seed = Number(process.env.MILLRACE_SEED ?? 7)
const partitions = 4
// a minute on a machine that does nothing else; a loaded one may take its time
const limitMs = 240_000
const bufferRecords = 2_000

const report = (line: string): void => {
  if (process.env.MILLRACE_TEST_LOG) console.log(line)
}

const shared = inject('servers')
const reasons = [shared.kafka, shared.cassandra].flatMap((server) => ('skipped' in server ? [server.skipped] : []))
const skipNote = reasons.length > 0 ? ` [skipped: ${reasons.join('; ')}]` : ''

// one system for all tests: each adds ratings, breaks something, and looks at the whole table
describe.skipIf(reasons.length > 0)(`movie ratings in chaos (seed ${seed})${skipNote}`, { timeout: limitMs }, () => {
  let kafka: Server
  let cassandra: Server
  let system: ChaosSystem

  beforeAll(async () => {
    // servers of our own: those of the run are not ours to kill
    const own = { ephemeral: true, providers: ['docker', 'jvm'] } as const
    const [startedKafka, startedCassandra] = await Promise.all([startKafka(own), startCassandra(own)])
    kafka = startedKafka
    cassandra = startedCassandra
    const { contactPoints, localDataCenter } = startedCassandra
    system = await ChaosSystem.create({
      brokers: startedKafka.brokers,
      cassandra: { contactPoints, localDataCenter },
      seed,
      partitions,
      everyMs: 200,
      bufferRecords,
    })
  })

  afterAll(async () => {
    await system?.close()
    await Promise.all([kafka?.dispose(), cassandra?.dispose()])
  })

  const run = (ratings: number, plan: readonly ChaosEvent[]) =>
    runChaos({ system, kafka, cassandra, plan, ratings, ratePerSecond: 4_000, report })

  const event = (kind: ChaosEvent['kind'], downMs: number): ChaosEvent => ({
    kind,
    atRecords: 3_000,
    delayMs: 100,
    downMs,
  })

  it('leaves the table of an undisturbed run after five kills, and two pipelines of which one leaves', async () => {
    const plan = chaosPlan({ seed, ratings: 20_000, kills: 5, cassandraRestarts: 0, brokerRestarts: 0 })
    const result = await run(20_000, plan)
    expect(result.faults).toEqual([])
    expect(result.checks).toBe(plan.length)
  })

  it('loses nothing when Cassandra is killed and comes back', async () => {
    expect((await run(10_000, [event('cassandra-restart', 3_000)])).faults).toEqual([])
  })

  it('loses nothing when the broker is killed and comes back', async () => {
    expect((await run(10_000, [event('broker-restart', 3_000)])).faults).toEqual([])
  })

  it('takes no more than its bounds while Cassandra is frozen, and goes on afterwards', async () => {
    const pipeline = await started(system)
    await cassandra.pause()
    try {
      await system.produce(120_000)
      await sleep(7_000)
      const before = pipeline.report!
      await sleep(3_000)
      const after = pipeline.report!
      expect(after.consumed).toBe(before.consumed)
      expect(after.consumed + after.waitingRecords).toBeLessThan(system.log.records)
      // a fetched batch is never cut, so a task may wait with one more
      expect(after.waitingRecords).toBeLessThan(partitions * (bufferRecords + 10_000))
      expect(after.pendingRows).toBeLessThan(partitions * 21_000)
    } finally {
      await cassandra.resume()
    }
    expect(await system.reached(system.log.records, 60_000)).toBe(true)
    expect(pipeline.peakRssBytes).toBeLessThan(600 * 1024 * 1024)
    expect(await system.pipelines.terminate(pipeline, 20_000)).toEqual({ code: 0, signal: null })
    expect(await system.compare()).toMatchObject({ rows: system.reference.rowCount, differences: [] })
  })

  it('writes and commits what it has read when it is told to leave in the middle', async () => {
    const readBefore = system.pipelines.consumed
    const committedBefore = await system.progress()
    const pipeline = await started(system)
    const producing = system.produce(10_000, { ratePerSecond: 5_000 })
    expect(await system.reached(committedBefore + 2_000, 30_000)).toBe(true)
    expect(await system.pipelines.terminate(pipeline, 10_000)).toEqual({ code: 0, signal: null })
    expect(await system.progress()).toBe(committedBefore + system.pipelines.consumed - readBefore)
    expect(await system.offsetsAhead()).toEqual([])
    await producing
  })

  it('gives up leaving after closeTimeout when Cassandra does not answer, and says so', async () => {
    const pipeline = await started(system, { closeTimeoutMs: 2_000 })
    await cassandra.pause()
    try {
      await system.produce(1_000)
      await expect.poll(() => pipeline.report?.pendingRows, { timeout: 10_000 }).toBeGreaterThan(0)
      expect(await system.pipelines.terminate(pipeline, 10_000)).toEqual({ code: 1, signal: null })
      expect(pipeline.log.join('\n')).toContain('Closing took longer than 2000 ms')
    } finally {
      await cassandra.resume()
    }
  })

  it('ends at once when it is told to leave a second time', async () => {
    const pipeline = await started(system)
    await cassandra.pause()
    try {
      await system.produce(1_000)
      await expect.poll(() => pipeline.report?.pendingRows, { timeout: 10_000 }).toBeGreaterThan(0)
      void system.pipelines.terminate(pipeline, 10_000)
      await expect.poll(() => pipeline.log.join('\n'), { timeout: 5_000 }).toContain('Closing')
      expect(await system.pipelines.terminate(pipeline, 2_000)).toEqual({ code: null, signal: 'SIGTERM' })
    } finally {
      await cassandra.resume()
    }
  })

  it('has lost nothing after all that', async () => {
    expect((await run(2_000, [])).faults).toEqual([])
  })
})

/** A pipeline that has its tasks. */
async function started(
  { pipelines }: ChaosSystem,
  options: Parameters<ChaosSystem['pipelines']['start']>[0] = {},
): Promise<PipelineProcess> {
  const pipeline = pipelines.start(options)
  await expect.poll(() => pipeline.report?.tasks, { timeout: 30_000, interval: 50 }).toBe(partitions)
  return pipeline
}
