import { parseArgs } from 'node:util'
import { StreamsError } from 'millrace'
import type { Option } from './option.ts'
import { UsageError } from './usage-error.ts'

type Options = Readonly<Record<string, Option<unknown>>>

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

const exitCodes = { failed: 1, wrongUsage: 2 } as const

/** Runs a command with the arguments of this process and sets its exit code: 0, 1 when it failed, 2 for wrong options. */
export async function main<O extends Options>(command: Command<O>): Promise<void> {
  // `… | head` closes our output early: that is the reader's right, not a fault
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  try {
    const values = readOptions(command.options, process.argv.slice(2))
    if (values === 'help') process.stdout.write(helpText(command))
    else await command.run(values)
  } catch (thrown) {
    process.stderr.write(failureText(command, thrown))
    // a failed start may leave sockets that try again for a while; nobody is left to use them
    process.exit(thrown instanceof UsageError ? exitCodes.wrongUsage : exitCodes.failed)
  }
}

/** The values that these arguments give, or 'help'. Throws UsageError. */
export function readOptions<O extends Options>(options: O, args: readonly string[]): ValuesOf<O> | 'help' {
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
    return values as Record<string, string | boolean | undefined>
  } catch (thrown) {
    const [reason = 'wrong option'] = (thrown instanceof Error ? thrown.message : String(thrown)).split(/\. |\n/)
    throw new UsageError(reason.replace(/\.$/, ''))
  }
}

/** What `--help` prints. */
export function helpText<O extends Options>(command: Command<O>): string {
  const entries: [string, string][] = Object.entries(command.options).map(([name, option]) => [
    `--${name}${option.placeholder === undefined ? '' : ` ${option.placeholder}`}`,
    option.defaultText === undefined ? option.help : `${option.help} (default: ${option.defaultText})`,
  ])
  entries.push(['-h, --help', 'print this'])
  const examples = command.examples.flatMap(([line, explanation]) => [`  # ${explanation}`, `  ${line}`])
  return [
    command.summary,
    '',
    `Usage: ${command.usage} [options]`,
    '',
    'Options:',
    ...aligned(entries),
    '',
    'Examples:',
    ...examples,
    '',
  ].join('\n')
}

function aligned(entries: readonly [string, string][]): string[] {
  const width = Math.max(...entries.map(([left]) => left.length))
  return entries.flatMap(([left, right]) => {
    const lines = wrapped(right, 78 - width - 4)
    return lines.map((line, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${line}`)
  })
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

function failureText<O extends Options>(command: Command<O>, thrown: unknown): string {
  if (thrown instanceof UsageError)
    return `${thrown.message}.\n\nUsage: ${command.usage} [options]\nTry '${command.usage} --help'.\n`
  if (thrown instanceof StreamsError) return `\n${thrown.message}\n`
  // not one of ours: a fault in this program, so its stack is what helps
  return `\n${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`
}
