import { randomBytes } from 'node:crypto'
import { BenchmarkError } from './benchmark-error.ts'
import { Children } from './children.ts'
import { describeMachine } from './machine.ts'
import type { Bench, Section } from './measurement.ts'
import { measurements } from './measurements.ts'
import type { Options } from './options.ts'
import { goalText } from './report.ts'
import { Servers } from './servers.ts'

export interface Outcome {
  readonly machine: Readonly<Record<string, string>>
  /** What was measured before it failed, if it did. */
  readonly sections: readonly Section[]
  readonly failure?: { readonly text: string; readonly exitCode: number }
}

/** Runs the measurements one after the other and stops the servers at the end, whatever that is. */
export async function runBenchmarks(options: Options): Promise<Outcome> {
  const startedMs = performance.now()
  const progress = (line: string): void => {
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    process.stderr.write(`[${String(seconds).padStart(5)} s] ${line}\n`)
  }
  const machine = describeMachine()
  const servers = new Servers(progress)
  const children = new Children(options.profileDir)
  const isInterrupted = onInterrupt(progress, () => children.interrupt())
  const sections: Section[] = []
  try {
    const bench: Bench = { ...options, servers, children, progress, uniqueName: uniqueNames() }
    await runAll(bench, options.only, sections)
    return { machine: { ...machine, ...servers.versions }, sections }
  } catch (thrown) {
    const failure = isInterrupted() ? { text: 'Interrupted.', exitCode: 130 } : { text: reasonOf(thrown), exitCode: 1 }
    return { machine: { ...machine, ...servers.versions }, sections, failure }
  } finally {
    await servers.dispose()
  }
}

async function runAll(bench: Bench, only: readonly string[], sections: Section[]): Promise<void> {
  for (const measurement of measurements) {
    const { name } = measurement
    if (only.length > 0 && !only.includes(name)) continue
    bench.progress(`${name}: begins`)
    for (const section of await measurement.run(bench)) {
      sections.push(section)
      for (const goal of section.goals) bench.progress(`${section.title}: ${goalText(goal)}`)
    }
  }
}

/** The first signal ends the children and lets servers be stopped; the second ends this process at once. */
function onInterrupt(progress: (line: string) => void, interrupt: () => void): () => boolean {
  let isInterrupted = false
  const stop = (): void => {
    if (isInterrupted) process.exit(130)
    isInterrupted = true
    progress('stopping; once more ends it at once')
    interrupt()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return () => isInterrupted
}

function uniqueNames(): (what: string) => string {
  const run = randomBytes(4).toString('hex')
  let count = 0
  return (what) => `bench-${run}-${what}-${++count}`
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof BenchmarkError) return thrown.message
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
