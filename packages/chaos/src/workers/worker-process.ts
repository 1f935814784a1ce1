import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { workerArguments, type WorkerOptions } from './worker-options.ts'
import type { WorkerLine, WorkerReport } from './worker-report.ts'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

// a process runs what is built, also when this file is run from its source
const program = fileURLToPath(new URL('../../dist/worker.js', import.meta.url))
const keptLines = 200

/** One process of the app. */
export class WorkerProcess {
  readonly name: string
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #log: string[] = []
  #report: WorkerReport | undefined
  #state = 'none'
  #failure: { readonly code: string; readonly message: string } | undefined

  constructor(name: string, options: WorkerOptions) {
    this.name = name
    this.#child = spawn(process.execPath, [program, ...workerArguments(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#take(line))
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      this.#log.push(line)
      if (this.#log.length > keptLines) this.#log.shift()
    })
    this.exited = new Promise((resolve) => {
      // `close`, not `exit`: what it said last has been read then
      this.#child.once('close', (code, signal) => resolve({ code, signal }))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** What it said last; undefined until it has started. */
  get report(): WorkerReport | undefined {
    return this.#report
  }

  get state(): string {
    return this.#state
  }

  /** Why it gave up; undefined unless it did. */
  get failure(): { readonly code: string; readonly message: string } | undefined {
    return this.#failure
  }

  /** Tasks that it processes now. */
  get working(): readonly string[] {
    const { tasks = [], restoring = [] } = this.#report ?? {}
    return tasks.filter((task) => !restoring.includes(task))
  }

  get restored(): number {
    return Object.values(this.#report?.restored ?? {}).reduce((sum, records) => sum + records, 0)
  }

  /** The last lines of its log. */
  get log(): readonly string[] {
    return this.#log
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  #take(text: string): void {
    // the last line of a killed process may be cut
    if (!text.endsWith('}')) return
    const line = JSON.parse(text) as WorkerLine
    if (line.kind === 'report') this.#report = line
    else if (line.kind === 'state') this.#state = line.state
    else this.#failure = line
  }
}
