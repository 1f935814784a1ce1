import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectTransport, systemClock } from 'millrace'
import type { TopicPartition, Transport } from 'millrace/ports'
import type { ChaosSettings } from './chaos-settings.ts'
import { Producer } from './producer.ts'
import { topicsOf, type RunTopics } from './topologies.ts'
import { lineLogger } from './workers/line-logger.ts'
import type { WorkerOptions } from './workers/worker-options.ts'
import { Workers } from './workers/workers.ts'

const reportEveryMs = 50
const pollMs = 50

/** Topics, producer and processes of one run. */
export class ChaosSystem {
  readonly settings: ChaosSettings
  readonly applicationId: string
  readonly topics: RunTopics
  readonly stateFolder: string
  readonly transport: Transport
  readonly producer: Producer
  readonly workerOptions: WorkerOptions
  readonly workers: Workers

  private constructor(settings: ChaosSettings, applicationId: string, transport: Transport) {
    const { topology, partitions, seed, ratings } = settings
    this.settings = settings
    this.applicationId = applicationId
    this.topics = topicsOf(applicationId)
    this.transport = transport
    this.stateFolder = mkdtempSync(join(tmpdir(), 'millrace-chaos-'))
    this.producer = new Producer(transport, { topic: this.topics.ratings, partitions, seed, ratings })
    this.workerOptions = {
      brokers: settings.brokers,
      applicationId,
      topology,
      guarantee: settings.guarantee,
      storage: settings.storage,
      stateFolder: this.stateFolder,
      standbyReplicas: settings.standbyReplicas,
      instances: settings.instances,
      commitEveryMs: settings.commitEveryMs,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      reportEveryMs,
    }
    this.workers = new Workers(this.workerOptions, settings.sharesFolder)
  }

  /** Creates the topics of a run of its own. */
  static async create(settings: ChaosSettings): Promise<ChaosSystem> {
    const transport = await connectTransport({ kafka: { brokers: settings.brokers }, logger: lineLogger })
    const applicationId = `chaos-${settings.topology}-${systemClock.nowMs().toString(36)}`
    const system = new ChaosSystem(settings, applicationId, transport)
    await system.createTopics()
    return system
  }

  /** Those that are not there. */
  async createTopics(): Promise<void> {
    const { ratings, counts } = this.topics
    const config = { 'retention.ms': '-1' } // event times lie years back
    const { partitions } = this.settings
    await this.transport.admin.createTopics([ratings, counts].map((topic) => ({ topic, partitions, config })))
  }

  /** Tasks that the app has in all. */
  get taskCount(): number {
    return this.settings.partitions * (this.settings.topology === 'by-film' ? 2 : 1)
  }

  /** Ratings below the committed offsets. */
  async progress(): Promise<number> {
    const committed = await this.transport.admin.committed(this.applicationId, this.#partitionsOf(this.topics.ratings))
    return committed.reduce((sum, { offset }) => sum + offset, 0)
  }

  /** Waits until that many ratings are committed, or what is asked for holds. False when that took longer than the limit. */
  async reached(records: number, limitMs: number): Promise<boolean> {
    return this.until(async () => (await this.progress()) >= records, limitMs)
  }

  async until(holds: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    const untilMs = systemClock.nowMs() + limitMs
    while (!(await holds())) {
      if (systemClock.nowMs() >= untilMs) return false
      await sleep(pollMs)
    }
    return true
  }

  /** Whether everything in the input, and then in the internal topics, is committed. */
  async isCaughtUp(): Promise<boolean> {
    const { admin } = this.transport
    const names = await admin.listTopics()
    const internal = names.filter((name) => name.startsWith(this.applicationId) && name.endsWith('-repartition'))
    for (const topic of [this.topics.ratings, ...internal]) {
      const partitions = this.#partitionsOf(topic)
      const ends = await admin.offsets(partitions, 'latest')
      const committed = await admin.committed(this.applicationId, partitions)
      const offsets = new Map(committed.map(({ partition, offset }) => [partition, offset]))
      if (ends.some(({ partition, offset }) => (offsets.get(partition) ?? 0) < offset)) return false
    }
    return true
  }

  async close(): Promise<void> {
    await this.workers.close()
    await this.producer.close()
    await this.transport.close()
    rmSync(this.stateFolder, { recursive: true, force: true })
  }

  #partitionsOf(topic: string): readonly TopicPartition[] {
    return Array.from({ length: this.settings.partitions }, (_, partition) => ({ topic, partition }))
  }
}
