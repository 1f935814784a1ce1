import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ChildOptions, PipelineReport } from './child-options.ts'

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

// a process runs what is built, also when this file is run from its source
const program = fileURLToPath(new URL('../../dist/chaos-pipeline.js', import.meta.url))
const keptLines = 60

/** The pipeline in a process of its own: the topology of the example with small intervals, which says how far it is. */
export class PipelineProcess {
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #log: string[] = []
  #report: PipelineReport | undefined
  #peakRssBytes = 0

  constructor(options: ChildOptions) {
    this.#child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
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
  get report(): PipelineReport | undefined {
    return this.#report
  }

  get peakRssBytes(): number {
    return this.#peakRssBytes
  }

  /** The last lines of its log. */
  get log(): readonly string[] {
    return this.#log
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  #take(line: string): void {
    // the last line of a killed process may be cut
    if (!line.endsWith('}')) return
    this.#report = JSON.parse(line) as PipelineReport
    this.#peakRssBytes = Math.max(this.#peakRssBytes, this.#report.rssBytes)
  }
}
