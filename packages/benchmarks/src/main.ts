import { writeFileSync } from 'node:fs'
import { runBenchmarks } from './run-benchmarks.ts'
import { helpText } from './help.ts'
import { measurements } from './measurements.ts'
import { type Options, readOptions, UsageError } from './options.ts'
import { reportText } from './report.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  const options = optionsOrUsage()
  if (options === undefined) return 2
  if (options === 'help') {
    process.stdout.write(helpText(measurements))
    return 0
  }
  // before anything is measured for an hour
  if (options.json !== undefined) writeFileSync(options.json, '')
  const { machine, sections, failure } = await runBenchmarks(options)
  if (sections.length > 0) process.stdout.write(`${reportText(machine, sections)}\n`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ machine, sections }, null, 2)}\n`)
  if (failure === undefined) return 0
  process.stderr.write(`${failure.text}\n`)
  return failure.exitCode
}

function optionsOrUsage(): Options | 'help' | undefined {
  try {
    return readOptions(
      process.argv.slice(2),
      measurements.map(({ name }) => name),
    )
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown
    process.stderr.write(`${thrown.message}.\nTry 'npm run bench -- --help'.\n`)
    return undefined
  }
}
