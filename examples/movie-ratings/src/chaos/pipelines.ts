import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildOptions } from './child-options.ts'
import { type Exit, PipelineProcess } from './pipeline-process.ts'

/** Ends of processes that nobody asked for. */
export interface UnexpectedExit extends Exit {
  readonly log: readonly string[]
}

const respawnAfterMs = 500

/** The pipeline processes of a run: starts them, ends them, and starts again what ends by itself, as a supervisor would. */
export class Pipelines {
  /** Ends outside an outage: each of them is a fault. */
  readonly faults: UnexpectedExit[] = []
  readonly #options: ChildOptions
  readonly #running = new Set<PipelineProcess>()
  readonly #leaving = new Set<PipelineProcess>()
  #outages = 0
  #isClosed = false
  #started = 0
  #consumedBefore = 0
  #peakRssBytes = 0
  #exitsInOutages = 0

  constructor(options: ChildOptions) {
    this.#options = options
  }

  get running(): readonly PipelineProcess[] {
    return [...this.#running]
  }

  get started(): number {
    return this.#started
  }

  /** Processes that gave up while a server was down, and were started again. */
  get exitsInOutages(): number {
    return this.#exitsInOutages
  }

  get peakRssBytes(): number {
    return Math.max(this.#peakRssBytes, ...this.running.map((one) => one.peakRssBytes))
  }

  /** Records that all processes have read; those of a killed one as far as it had said. */
  get consumed(): number {
    return this.running.reduce((sum, one) => sum + (one.report?.consumed ?? 0), this.#consumedBefore)
  }

  start(options: Partial<ChildOptions> = {}): PipelineProcess {
    const pipeline = new PipelineProcess({ ...this.#options, ...options })
    this.#started += 1
    this.#running.add(pipeline)
    void pipeline.exited.then((exit) => this.#ended(pipeline, exit))
    return pipeline
  }

  /** Ends one with -9. */
  async kill(pipeline: PipelineProcess): Promise<void> {
    this.#leaving.add(pipeline)
    pipeline.signal('SIGKILL')
    await pipeline.exited
  }

  /** Ends one with SIGTERM; resolves with its exit, or undefined if it takes longer than the limit. */
  async terminate(pipeline: PipelineProcess, limitMs: number): Promise<Exit | undefined> {
    this.#leaving.add(pipeline)
    pipeline.signal('SIGTERM')
    return Promise.race([pipeline.exited, sleep(limitMs, undefined, { ref: false })])
  }

  /** Ends all with -9, and starts none any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.running.map((pipeline) => this.kill(pipeline)))
  }

  /** While it lasts, a pipeline may give up. */
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

  #ended(pipeline: PipelineProcess, exit: Exit): void {
    this.#running.delete(pipeline)
    this.#consumedBefore += pipeline.report?.consumed ?? 0
    this.#peakRssBytes = Math.max(this.#peakRssBytes, pipeline.peakRssBytes)
    if (this.#leaving.delete(pipeline)) return
    if (this.#outages > 0) this.#exitsInOutages += 1
    else this.faults.push({ ...exit, log: pipeline.log })
    setTimeout(() => {
      if (!this.#isClosed) this.start()
    }, respawnAfterMs)
  }
}
