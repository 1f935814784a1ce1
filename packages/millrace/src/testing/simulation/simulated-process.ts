import type { EmbeddedServer } from '../../adapters/embedded/index.ts'
import { StreamsError } from '../../errors/index.ts'
import type { Plan } from '../../plan/index.ts'
import type { Logger, Transport } from '../../ports/index.ts'
import type { App } from '../../runtime/app.ts'
import { run } from '../../runtime/run.ts'
import type { Guarantee } from '../../runtime/run-options.ts'
import type { Faults } from './faults.ts'
import { Life } from './life.ts'
import { mortalTables } from './mortal-tables.ts'
import { MortalTransport } from './mortal-transport.ts'
import type { Random } from './random.ts'
import type { SeededClock } from './seeded-clock.ts'

/** Gives what stands between a process and the broker; `later` does its work after a while, if the process still lives. */
export type WrapTransport = (transport: Transport, later: (work: () => void) => void) => Transport

/** What all processes of a run have in common. */
export interface ProcessWorld {
  readonly plan: Plan
  readonly server: EmbeddedServer
  readonly clock: SeededClock
  readonly random: Random
  readonly faults: Faults
  readonly logger: (name: string) => Logger
  readonly trace: (line: string) => void
  readonly guarantee: Guarantee
  readonly standbyReplicas: number
  readonly commitEveryMs: number
  readonly microBatchRecords: number
  /** What stands between the runtime and the broker, for tests of the simulation itself. */
  readonly wrapTransport: WrapTransport
}

/** Errors that faults of servers may end an app with; it is started again. Any other is a fault of the runtime. */
const expected: ReadonlySet<string> = new Set([
  'CLOSE_TIMED_OUT',
  'CONSUMER_FAILED',
  'PRODUCE_FAILED',
  'PRODUCER_FENCED',
  'STARTUP_CHECK_FAILED',
  'TRANSACTION_FAILED',
  'TRANSPORT_FAILED',
  'TRANSPORT_UNREACHABLE',
])

/** One process of an app: the real runtime on a transport and tables that its death cuts off. */
export class SimulatedProcess {
  readonly name: string
  readonly #life: Life
  readonly #transport: MortalTransport
  readonly #world: ProcessWorld
  #app: App | undefined
  #isOver = false
  /** Resolves when the process is gone. Rejects with what no fault explains. */
  readonly ended: Promise<void>

  constructor(name: string, stateFolder: string, world: ProcessWorld) {
    const { clock, faults, random, server, trace } = world
    this.name = name
    this.#world = world
    this.#life = new Life(
      clock,
      () => faults.meetsCrash(),
      (where) => this.#died(where),
    )
    const later = (work: () => void): void => void clock.schedule(150, () => this.#life.isOver || work())
    this.#transport = new MortalTransport(world.wrapTransport(server.transport(), later), this.#life)
    const tables = mortalTables({ real: server.tables, life: this.#life, clock, random, faults })
    trace(`${name} starts`)
    this.ended = this.#run({ stateFolder, tables, clock })
  }

  /** Running and not dead. */
  get app(): App | undefined {
    return this.#life.isOver || this.#isOver ? undefined : this.#app
  }

  crash(): void {
    this.#life.crash('at some time')
  }

  /** Stopped for a while, and without its session when it goes on: it writes what it had begun, and learns of it later. */
  freeze(groupId: string): void {
    const { memberId } = this.#transport
    if (memberId === undefined || this.app === undefined) return
    const { random, server, trace } = this.#world
    const ms = random.between(500, 8_000)
    trace(`${this.name} (${memberId}) is frozen for ${ms} ms and loses its session`)
    this.#life.freeze(ms)
    server.evictMember(groupId, memberId, ms + random.between(0, 2_000))
  }

  async #run(own: { stateFolder: string; tables: ReturnType<typeof mortalTables>; clock: SeededClock }): Promise<void> {
    const { plan, guarantee, standbyReplicas, commitEveryMs, microBatchRecords, logger, trace } = this.#world
    try {
      this.#app = await run(
        { plan },
        {
          ...own,
          transport: this.#transport,
          guarantee,
          standbyReplicas,
          commit: { every: commitEveryMs },
          microBatch: { maxRecords: microBatchRecords },
          logger: logger(this.name),
          signals: false,
          closeTimeout: 5_000,
        },
      )
      trace(`${this.name} runs`)
      await this.#app.closed
      trace(`${this.name} has closed`)
    } catch (thrown) {
      if (this.#life.isOver) return
      trace(`${this.name} failed: ${String(thrown)}`)
      if (!(thrown instanceof StreamsError) || !expected.has(thrown.code)) throw thrown
    } finally {
      this.#isOver = true
    }
  }

  /** What it leaves is unwound apart, as no destructor would: it reaches nothing any more. */
  #died(where: string): void {
    const { clock, random, trace } = this.#world
    trace(`${this.name} crashes ${where}`)
    clock.schedule(0, () => void this.#app?.close().catch(() => {}))
    clock.schedule(random.between(500, 6_000), () => {
      trace(`${this.name} is missed`)
      void this.#transport.bury()
    })
  }
}
