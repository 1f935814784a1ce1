#!/usr/bin/env node
import { parseCliOptions, type CliCommand, type CliOptions } from './cli/cli-options.ts'
import { down, logs, status, up, type Print } from './cli/commands.ts'
import { usage } from './cli/usage.ts'

const print: Print = (line) => {
  process.stdout.write(`${line}\n`)
}

const commands: Readonly<Record<CliCommand, (options: CliOptions, print: Print) => Promise<number>>> = {
  up,
  down,
  status,
  logs,
  help: () => {
    print(usage)
    return Promise.resolve(0)
  },
}

const options = parseCliOptions(process.argv.slice(2), process.env)
if ('fault' in options) {
  process.stderr.write(`${options.fault}\n\n${usage}`)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await commands[options.command](options, print)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
