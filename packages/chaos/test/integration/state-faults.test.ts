import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import type { ChaosSettings } from '../../src/chaos-settings.ts'
import { ChaosSystem } from '../../src/chaos-system.ts'
import { Producer } from '../../src/producer.ts'
import { verdict } from '../../src/verdict.ts'
import { WorkerProcess } from '../../src/workers/worker-process.ts'

const ratings = 20_000
const waitMs = 60_000

const shared = inject('servers').kafka
const reason = 'skipped' in shared ? ` [skipped: ${shared.skipped}]` : ''
const brokers = 'skipped' in shared ? [] : shared.brokers

const settings: ChaosSettings = {
  brokers,
  topology: 'by-key',
  guarantee: 'at-least-once',
  storage: 'persistent',
  sharesFolder: false,
  standbyReplicas: 0,
  instances: 1,
  commitEveryMs: 300,
  sessionTimeoutMs: 6_000,
  partitions: 4,
  ratings,
  seed: 11,
}

async function createSystem(of: Partial<ChaosSettings> = {}): Promise<ChaosSystem> {
  const system = await ChaosSystem.create({ ...settings, ...of })
  onTestFinished(() => system.close())
  return system
}

/** A process in the first place, which nobody starts again. */
function startWorker(system: ChaosSystem): WorkerProcess {
  const worker = new WorkerProcess('0', { ...system.workerOptions, stateFolder: system.workers.folder(0) })
  onTestFinished(() => worker.signal('SIGKILL'))
  return worker
}

/** How it gave up: the code of its error, and all that it said about it. */
async function failureOf(worker: WorkerProcess): Promise<{ readonly code: string; readonly message: string }> {
  const { code } = await worker.exited
  expect(code).toBe(1)
  return { code: worker.failure!.code, message: worker.failure!.message }
}

async function catchUp(system: ChaosSystem): Promise<void> {
  const worker = startWorker(system)
  // before that, a signal ends it as it ends any process
  expect(await system.until(() => worker.state === 'running', waitMs)).toBe(true)
  expect(await system.until(() => system.isCaughtUp(), waitMs)).toBe(true)
  worker.signal('SIGTERM')
  expect(await worker.exited).toEqual({ code: 0, signal: null })
}

async function expectExact(system: ChaosSystem): Promise<void> {
  expect((await verdict(system, () => {})).faults).toEqual([])
}

describe.skipIf(reason !== '')(`faults of what state stands on${reason}`, { timeout: 120_000 }, () => {
  it('fails with STORE_FAILED where the state folder cannot be used, and goes on where it can', async () => {
    const system = await createSystem()
    writeFileSync(system.workers.folder(0), 'no folder')
    await system.producer.sendUpTo(ratings)
    const failure = await failureOf(startWorker(system))
    expect(failure).toEqual({ code: 'STORE_FAILED', message: expect.stringContaining('Choose a folder') })
    rmSync(system.workers.folder(0))
    await catchUp(system)
    await expectExact(system)
  })

  it('fails with STORE_FAILED when the disk is full, and goes on from the last commit when there is room', async () => {
    const system = await createSystem()
    const worker = startWorker(system)
    await system.producer.sendUpTo(ratings / 4)
    expect(await system.reached(ratings / 4, waitMs)).toBe(true)
    const limited = spawnSync('prlimit', ['--pid', String(worker.pid), `--fsize=${largestFile(system)}:`])
    expect(limited.status).toBe(0)
    await system.producer.sendUpTo(ratings)
    const failure = await failureOf(worker)
    expect(failure).toEqual({ code: 'STORE_FAILED', message: expect.stringContaining('Check free space') })
    await catchUp(system)
    await expectExact(system)
  })

  it('fails with STORE_FAILED for a damaged file, and rebuilds what is deleted', async () => {
    const system = await createSystem()
    await system.producer.sendUpTo(ratings / 2)
    await catchUp(system)
    const [task] = files(system)
    truncateSync(task!, Math.floor(statSync(task!).size / 2))
    await system.producer.sendUpTo(ratings)
    const failure = await failureOf(startWorker(system))
    expect(failure).toEqual({ code: 'STORE_FAILED', message: expect.stringContaining('Delete the folder') })
    expect(failure.message).toContain(task)
    rmSync(join(task!, '..'), { recursive: true })
    await catchUp(system)
    await expectExact(system)
  })

  it('fails when its input is deleted, and begins anew with the one that takes its place', async () => {
    const system = await createSystem({ storage: 'memory' })
    await system.producer.sendUpTo(ratings)
    const worker = startWorker(system)
    expect(await system.until(() => system.isCaughtUp(), waitMs)).toBe(true)
    await deleteTopic(system.topics.ratings)
    const failure = await failureOf(worker)
    expect(failure).toEqual({ code: 'TOPIC_MISSING', message: expect.stringContaining(system.topics.ratings) })
    await system.createTopics()
    const again = new Producer(system.transport, { ...settings, topic: system.topics.ratings })
    onTestFinished(() => again.close())
    await again.sendUpTo(ratings)
    await catchUp(system)
    await expectExact(system)
  })

  it('refuses to start on an internal topic with another partition count', async () => {
    const system = await createSystem()
    const topic = `${system.applicationId}-hourly-changelog`
    await system.transport.admin.createTopics([{ topic, partitions: 3 }])
    const { code, message } = await failureOf(startWorker(system))
    expect(code).toBe('STARTUP_CHECK_FAILED')
    expect(message).toContain(`internal topic ${topic}: it has 3 partitions and needs 4`)
  })
})

/** The files of all tasks of the first place. */
function files(system: ChaosSystem): readonly string[] {
  const folder = join(system.workers.folder(0), system.applicationId)
  return readdirSync(folder).map((task) => join(folder, task, 'data.mdb'))
}

function largestFile(system: ChaosSystem): number {
  return Math.max(...files(system).map((file) => statSync(file).size))
}

async function deleteTopic(topic: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
}
