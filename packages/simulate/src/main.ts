import { performance } from 'node:perf_hooks'
import type { SimulationReport } from 'millrace/testing'
import { type Options, readOptions } from './options.ts'
import { runSeed } from './run-scenario.ts'
import type { Scenario } from './scenarios.ts'

const tellEveryMs = 5_000

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Gives how many seeds failed. */
async function runAll(scenario: Scenario, { from, seeds, guarantee, maxFailures }: Options): Promise<number> {
  const startedMs = performance.now()
  let toldMs = startedMs
  const reports: SimulationReport[] = []
  const failed: number[] = []
  for (let seed = from; seed < from + seeds && failed.length < maxFailures; seed++) {
    try {
      reports.push(await runSeed(scenario, seed, guarantee))
    } catch (thrown) {
      if (failed.length === 0) print(String(thrown))
      failed.push(seed)
    }
    if (performance.now() - toldMs < tellEveryMs) continue
    toldMs = performance.now()
    print(`  ${scenario.name}: seed ${seed}, ${rate(reports.length + failed.length, startedMs)} seeds/s`)
  }
  print(summary(scenario, reports, failed, startedMs))
  return failed.length
}

function summary(
  { name }: Scenario,
  reports: readonly SimulationReport[],
  failed: readonly number[],
  startedMs: number,
): string {
  const exactly = reports.filter((report) => report.guarantee === 'exactly-once').length
  const crashes = reports.reduce((sum, report) => sum + report.crashes, 0)
  const outcome = failed.length === 0 ? 'all pass' : `FAILED: seeds ${failed.join(', ')}`
  const speed = rate(reports.length + failed.length, startedMs)
  const kinds = `${reports.length - exactly} at least once, ${exactly} exactly once`
  return `${name.padEnd(14)} ${reports.length} seeds pass (${kinds}), ${crashes} crashes, ${speed} seeds/s: ${outcome}`
}

function rate(count: number, startedMs: number): string {
  return (count / ((performance.now() - startedMs) / 1_000)).toFixed(1)
}

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') {
  print(options)
  process.exitCode = process.argv.includes('--help') ? 0 : 1
} else {
  let failures = 0
  for (const scenario of options.scenarios) failures += await runAll(scenario, options)
  process.exitCode = failures === 0 ? 0 : 1
}
