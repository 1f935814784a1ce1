import { cpSync, existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { embedded, type EmbeddedServer } from '../../adapters/embedded/index.ts'
import type { CompiledTopology } from '../../compile/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { Logger } from '../../ports/index.ts'
import type { App } from '../../runtime/app.ts'
import type { Guarantee } from '../../runtime/run-options.ts'
import { taskId } from '../../task/index.ts'
import { type FaultKind, Faults, observerId } from './faults.ts'
import { type Observed, outputsOf, storesOf, tablesOf } from './observation.ts'
import { Random } from './random.ts'
import { SeededClock } from './seeded-clock.ts'
import { inputTopics, type SentRecord } from './simulated-input.ts'
import { type ProcessWorld, SimulatedProcess, type WrapTransport } from './simulated-process.ts'

/** All that a seed has decided before the run begins. */
export interface SimulationSetup {
  readonly topology: CompiledTopology
  readonly seed: number
  readonly sent: readonly SentRecord[]
  readonly partitions: number
  readonly guarantee: Guarantee
  readonly instances: number
  readonly standbyReplicas: number
  readonly commitEveryMs: number
  readonly microBatchRecords: number
  readonly faults: readonly FaultKind[]
  /** Where persistent stores live; deleted by whoever made it. */
  readonly folder: string
  readonly wrapTransport: WrapTransport
}

export interface SimulationRun {
  readonly observed: Observed
  /** The stores once more, as a process has them that begins with nothing and restores them. */
  readonly restored: ReadonlyMap<string, readonly string[]>
  /** Which faults the seed has brought in. */
  readonly kinds: readonly FaultKind[]
  readonly crashes: number
  readonly virtualMs: number
}

const startMs = Date.UTC(2025, 5, 1)
const faultsMs = 20_000
/** Longer than anything takes that faults have begun. */
const calmMs = 15_000
const limitMs = 600_000
const keptSteps = 80

interface Slot {
  readonly name: string
  isWanted: boolean
  process: SimulatedProcess | undefined
  readonly done: Promise<void>
}

/** One run: several processes of one app on one broker, records that come, and faults. A function of its setup alone. */
export class Simulation {
  /** What happened last, with its time. */
  readonly steps: string[] = []
  readonly #setup: SimulationSetup
  readonly #random: Random
  readonly #clock: SeededClock
  readonly #faults: Faults
  readonly #server: EmbeddedServer
  readonly #world: ProcessWorld
  readonly #slots: Slot[] = []
  #taskIds: readonly string[] = []
  #crashes = 0
  #failure: unknown
  #hasFailed = false

  constructor(setup: SimulationSetup) {
    this.#setup = setup
    this.#random = new Random(setup.seed)
    this.#clock = new SeededClock(this.#random, startMs)
    this.#faults = new Faults(this.#random, setup.faults, (line) => this.#trace(line))
    this.#server = embedded({
      clock: this.#clock,
      faults: this.#faults.ofBroker,
      rebalanceTimeoutMs: 10_000,
      requestTimeoutMs: 10_000,
    })
    this.#world = {
      ...setup,
      plan: setup.topology.plan,
      server: this.#server,
      clock: this.#clock,
      random: this.#random,
      faults: this.#faults,
      logger: (name) => this.#logger(name),
      trace: (line) => this.#trace(line),
    }
  }

  /** Rejects when an app fails for no fault, or the whole does not come to rest. */
  async run(): Promise<SimulationRun> {
    let result: SimulationRun | undefined
    this.#play().then(
      (played) => {
        result = played
      },
      (thrown: unknown) => this.#fail(thrown),
    )
    await this.#clock.runUntil(() => result !== undefined || this.#hasFailed, startMs + limitMs)
    if (this.#hasFailed) throw this.#failure
    if (result === undefined) throw stuck(this.#slots)
    return result
  }

  async #play(): Promise<SimulationRun> {
    const { topology, instances } = this.#setup
    this.#createTopics()
    this.#faults.isOn = true
    for (let count = 0; count < instances; count++) this.#join()
    await Promise.all([this.#feed(), this.#disturb()])
    this.#faults.isOn = false
    this.#trace('no more faults')
    if (!this.#slots.some((slot) => slot.isWanted)) this.#join()
    await this.#clock.sleep(calmMs)
    this.#taskIds = await this.#allTasks()
    const stores = await this.#atRest()
    for (const slot of this.#slots) await this.#leave(slot)
    const observed = {
      stores,
      tables: await tablesOf(this.#server, topology),
      outputs: await outputsOf(this.#server, topology.sinkTopics, this.#clock),
    }
    const restored = await this.#restored()
    const { kinds } = this.#faults
    return { observed, restored, kinds, crashes: this.#crashes, virtualMs: this.#clock.nowMs() - startMs }
  }

  #createTopics(): void {
    const { topology, partitions } = this.#setup
    for (const topic of inputTopics(topology)) this.#server.createTopic(topic, { partitions })
    for (const topic of topology.sinkTopics) this.#server.createTopic(topic, { partitions })
  }

  /** Sends the records, one or some at a time. */
  async #feed(): Promise<void> {
    const { sent } = this.#setup
    const transport = this.#server.transport()
    await transport.connect()
    const producer = transport.producer({ clientId: observerId })
    const gapMs = (faultsMs * 1.2) / Math.max(1, sent.length)
    for (const { topic, partition, record } of sent) {
      await producer.send([{ topic, partition, records: [record] }])
      if (this.#random.chance(0.7)) await this.#clock.sleep(this.#random.next() * 2 * gapMs)
    }
  }

  /** Crashes, joins and leaves, at any time. */
  async #disturb(): Promise<void> {
    const endMs = this.#clock.nowMs() + faultsMs
    while (this.#clock.nowMs() < endMs) {
      await this.#clock.sleep(this.#random.between(50, 1_500))
      const wanted = this.#slots.filter((slot) => slot.isWanted)
      if (this.#faults.meets('rebalance', 0.15) && wanted.length < 5) this.#join()
      if (this.#faults.meets('rebalance', 0.15) && wanted.length > 1) void this.#leave(this.#random.pick(wanted))
      if (this.#faults.meets('crash', 0.05)) this.#random.pick(wanted)?.process?.crash()
      if (this.#faults.meets('zombie', 0.1))
        this.#random.pick(wanted)?.process?.freeze(this.#setup.topology.applicationId)
    }
  }

  async #allTasks(): Promise<readonly string[]> {
    const { subTopologies, consumedTopics } = this.#setup.topology
    const transport = this.#server.transport()
    await transport.connect()
    const counts = await transport.admin.partitionCounts(consumedTopics)
    await transport.close()
    return subTopologies.flatMap((sub) =>
      Array.from({ length: counts.get(sub.sourceTopics[0] ?? '') ?? 0 }, (_, partition) => taskId(sub, partition)),
    )
  }

  /** The stores, once everything is processed and committed and every task is in one process. */
  async #atRest(): Promise<ReadonlyMap<string, readonly string[]>> {
    for (;;) {
      const [app] = this.#apps
      try {
        await app?.caughtUp()
        const stores = storesOf(this.#apps, this.#taskIds)
        if (app !== undefined && stores !== undefined) return stores
      } catch (thrown) {
        this.#trace(`not at rest: ${String(thrown)}`)
      }
      await this.#clock.sleep(500)
    }
  }

  /** What the changelogs give: all stores, built anew in one process. */
  async #restored(): Promise<ReadonlyMap<string, readonly string[]>> {
    const slot = this.#join('restored')
    for (;;) {
      await this.#clock.sleep(100)
      const stores = storesOf(this.#apps, this.#taskIds)
      if (stores === undefined) continue
      await this.#leave(slot)
      return stores
    }
  }

  get #apps(): readonly App[] {
    return this.#slots.flatMap(({ process }) => (process?.app === undefined ? [] : [process.app]))
  }

  #join(name = `process ${this.#slots.length + 1}`): Slot {
    const slot: Slot = { name, isWanted: true, process: undefined, done: Promise.resolve() }
    this.#slots.push(slot)
    Object.assign(slot, { done: this.#keep(slot).catch((thrown: unknown) => this.#fail(thrown)) })
    return slot
  }

  /** Starts it again whenever it has ended, with what its folder held: what is left of a dead one may still have it open. */
  async #keep(slot: Slot): Promise<void> {
    for (let start = 1; slot.isWanted; start++) {
      const name = start === 1 ? slot.name : `${slot.name}, start ${start}`
      const folderOf = (number: number): string => join(this.#setup.folder, `${slot.name}-${number}`)
      if (existsSync(folderOf(start - 1))) copyState(folderOf(start - 1), folderOf(start))
      slot.process = new SimulatedProcess(name, folderOf(start), this.#world)
      await slot.process.ended
      await this.#clock.sleep(this.#random.between(50, 3_000))
    }
  }

  async #leave(slot: Slot): Promise<void> {
    slot.isWanted = false
    // one that is starting leaves when it has started
    while (slot.process?.app === undefined && !(await isOver(slot, this.#clock))) await this.#clock.sleep(50)
    this.#trace(`${slot.name} leaves`)
    await slot.process?.app?.close().catch((thrown: unknown) => this.#trace(`${slot.name}: ${String(thrown)}`))
    await slot.done
  }

  #logger(name: string): Logger {
    const tell = (fields: unknown, text: string): void => this.#trace(`${name}: ${text} ${JSON.stringify(fields)}`)
    const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell, child: () => logger }
    return logger
  }

  #trace(line: string): void {
    if (line.includes(' crashes ')) this.#crashes++
    this.steps.push(`${String(this.#clock.nowMs() - startMs).padStart(6)} ${line}`)
    if (this.steps.length > 2 * keptSteps) this.steps.splice(0, keptSteps)
  }

  #fail(thrown: unknown): void {
    this.#hasFailed = true
    this.#failure ??= thrown
  }
}

/** As of the last write to disk, without the lock of whoever has it open. */
function copyState(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (source) => basename(source) !== 'lock.mdb' })
}

async function isOver({ done }: Slot, clock: SeededClock): Promise<boolean> {
  return Promise.race([done.then(() => true), clock.yield().then(() => false)])
}

function stuck(slots: readonly Slot[]): StreamsError {
  const states = slots.map(({ name, process }) => `${name} is ${process?.app?.state ?? 'down'}`)
  return new StreamsError({
    code: 'SIMULATION_FAILED',
    what: `The app did not come to rest within ${limitMs / 60_000} minutes: ${states.join(', ')}`,
    hint: 'Something waits for ever; see the last steps.',
  })
}
