import { parseArgs } from 'node:util'
import { StreamsError } from 'millrace'
import { helpText } from './help-text.ts'
import type { Option } from './option.ts'
import { failureHint } from './failure-hint.ts'
import { UsageError } from './usage-error.ts'

export type Options = Readonly<Record<string, Option<unknown>>>

/** The values of a command's options. */
export type ValuesOf<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer Value> ? Value : never }

/** A program that is started from a shell. */
export interface Command<O extends Options> {
  /** How it is started, e.g. `node dist/producer.js`. */
  readonly usage: string
  /** What it does: one or two sentences. */
  readonly summary: string
  readonly options: O
  readonly examples: readonly (readonly [line: string, explanation: string])[]
  run(values: ValuesOf<O>): Promise<void>
}

/** Where a command writes. */
export interface Output {
  stdout(text: string): void
  stderr(text: string): void
}

const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const

/** A command, so that the compiler infers the types of its options. */
export function command<O extends Options>(definition: Command<O>): Command<O> {
  return definition
}

/** Runs a command with the arguments of this process, and ends the process when it failed. */
export async function main<O extends Options>(definition: Command<O>): Promise<void> {
  // `… | head` closes our output early: that is the reader's right, not a fault
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const code = await runCommand(definition, process.argv.slice(2), {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  })
  // a failed start may leave sockets that try again for a while; nobody is left to use them
  if (code !== exitCodes.done) process.exit(code)
}

/** Runs a command and gives its exit code: 0, 1 when it failed, 2 for a wrong option. */
export async function runCommand<O extends Options>(
  definition: Command<O>,
  args: readonly string[],
  output: Output,
): Promise<number> {
  try {
    const values = readOptions(definition.options, args)
    if (values === 'help') output.stdout(helpText(definition))
    else await definition.run(values)
    return exitCodes.done
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      output.stderr(`${thrown.message}.\n\nUsage: ${definition.usage} [options]\nTry '${definition.usage} --help'.\n`)
      return exitCodes.wrongUsage
    }
    output.stderr(`${failureText(thrown)}\n`)
    return exitCodes.failed
  }
}

function failureText(thrown: unknown): string {
  if (thrown instanceof StreamsError) return `${thrown.message}${failureHint(thrown)}`
  // not one of ours: a fault in this program, so its stack is what helps
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}

function readOptions<O extends Options>(options: O, args: readonly string[]): ValuesOf<O> | 'help' {
  const given = parseGiven(options, args)
  if (given.help === true) return 'help'
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(options)) {
    const text = given[name]
    values[name] = option.read(typeof text === 'boolean' ? String(text) : text, name)
  }
  return values as ValuesOf<O>
}

function parseGiven(options: Options, args: readonly string[]): Record<string, string | boolean | undefined> {
  const known = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { type: option.isFlag ? 'boolean' : 'string' } as const]),
  )
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...known, help: { type: 'boolean', short: 'h' } },
      allowPositionals: false,
    })
    return values
  } catch (thrown) {
    const [reason = 'wrong option'] = (thrown instanceof Error ? thrown.message : String(thrown)).split(/\. |\n/)
    throw new UsageError(reason.replace(/\.$/, ''))
  }
}
