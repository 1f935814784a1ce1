import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkerOptions } from './worker-options.ts'
import { type Exit, WorkerProcess } from './worker-process.ts'

/** An end that nobody asked for. */
export interface UnexpectedExit extends Exit {
  readonly name: string
  readonly failure: string | undefined
  readonly log: readonly string[]
}

const respawnAfterMs = 300

/**
 * The processes of an app: starts them, ends them, and starts again what ends by itself, as a supervisor would. Each has
 * a place, usually with a state folder of its own; who follows in a place finds the folder as it was left.
 */
export class Workers {
  /** Ends outside an outage: each of them is a fault. */
  readonly faults: UnexpectedExit[] = []
  readonly #options: WorkerOptions
  readonly #sharesFolder: boolean
  readonly #running = new Map<number, WorkerProcess>()
  readonly #leaving = new Set<WorkerProcess>()
  readonly #ended = { consumed: 0, restored: 0, repeated: 0, rebalances: 0 }
  #outages = 0
  #isClosed = false
  #started = 0
  /** Why processes gave up while a server was down; they were started again. */
  readonly exitsInOutages: string[] = []

  constructor(options: WorkerOptions, sharesFolder: boolean) {
    this.#options = options
    this.#sharesFolder = sharesFolder
  }

  get running(): readonly WorkerProcess[] {
    return [...this.#running.values()]
  }

  get started(): number {
    return this.#started
  }

  /** What all processes together have done, as far as they had said. */
  get totals(): { consumed: number; restored: number; repeated: number; rebalances: number } {
    const totals = { ...this.#ended }
    for (const worker of this.running) add(totals, worker)
    return totals
  }

  /** The folder of a place. */
  folder(place: number): string {
    return join(this.#options.stateFolder, this.#sharesFolder ? 'shared' : `place-${place}`)
  }

  /** Starts one in the first place that is free. */
  start(): WorkerProcess {
    let place = 0
    while (this.#running.has(place)) place++
    this.#started += 1
    const worker = new WorkerProcess(`${place}.${this.#started}`, {
      ...this.#options,
      stateFolder: this.folder(place),
    })
    this.#running.set(place, worker)
    void worker.exited.then((exit) => this.#hasEnded(place, worker, exit))
    return worker
  }

  /** Ends one with -9. */
  async kill(worker: WorkerProcess): Promise<void> {
    this.#leaving.add(worker)
    worker.signal('SIGKILL')
    await worker.exited
  }

  /** Ends one with SIGTERM; resolves with its exit, or undefined if it takes longer than the limit. */
  async terminate(worker: WorkerProcess, limitMs: number): Promise<Exit | undefined> {
    this.#leaving.add(worker)
    worker.signal('SIGTERM')
    return Promise.race([worker.exited, sleep(limitMs, undefined, { ref: false })])
  }

  /** Ends all with -9, and starts none any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.running.map((worker) => this.kill(worker)))
  }

  /** While it lasts, a worker may give up. */
  async duringOutage(work: () => Promise<void>): Promise<void> {
    this.#outages += 1
    try {
      await work()
      // what gave up in the last moment may still be on its way out
      await sleep(respawnAfterMs)
    } finally {
      this.#outages -= 1
    }
  }

  #hasEnded(place: number, worker: WorkerProcess, exit: Exit): void {
    this.#running.delete(place)
    add(this.#ended, worker)
    if (this.#leaving.delete(worker)) return
    const failure = worker.failure === undefined ? undefined : `${worker.failure.code}: ${worker.failure.message}`
    if (this.#outages > 0) this.exitsInOutages.push(failure ?? `ended with ${exit.signal ?? exit.code}`)
    else this.faults.push({ ...exit, name: worker.name, failure, log: worker.log })
    setTimeout(() => {
      if (!this.#isClosed) this.start()
    }, respawnAfterMs)
  }
}

function add(
  totals: { consumed: number; restored: number; repeated: number; rebalances: number },
  worker: WorkerProcess,
): void {
  totals.consumed += worker.report?.consumed ?? 0
  totals.repeated += worker.report?.repeated ?? 0
  totals.rebalances += worker.report?.rebalances ?? 0
  totals.restored += worker.restored
}
