import { parseArgs } from 'node:util'
import { messageOf, StreamsError } from '../errors/index.ts'
import { describeFormats, type DescribeFormat, type Topology } from '../dsl/index.ts'
import { ddlCommand, describeCommand, explainCommand } from './commands.ts'
import { loadTopologies } from './load-module.ts'

const usage = `Usage: millrace <command> <module>

  describe <module>   print the topologies that a module exports
      --format <form> ${describeFormats.join(', ')}; default text
      --mermaid       the same as --format mermaid
  explain <module>    print what each operation does to keys, partitions and state, and why
  ddl <module>        print the CQL that creates the tables they write

  --export <name>     only the topology of this export, e.g. default
  --help              this text

A module is a file that exports a topology, e.g. ./dist/topology.js.
`

const options = {
  format: { type: 'string' },
  mermaid: { type: 'boolean', default: false },
  export: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const commands = {
  describe: describeCommand,
  explain: explainCommand,
  ddl: ddlCommand,
} satisfies Readonly<Record<string, (topologies: readonly Topology[], format: DescribeFormat) => string>>

/** Runs the command line; gives the exit code: 0, 1 for an error, 2 for wrong use. */
export async function main(args: readonly string[]): Promise<number> {
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (thrown) {
    return wrongUse(messageOf(thrown))
  }
  const { values, positionals } = parsed
  const [command, file, ...rest] = positionals
  if (values.help) return print(usage)
  if (!isCommand(command)) return wrongUse(command === undefined ? 'Name a command.' : `Unknown command: ${command}`)
  const format = formatOf(values)
  if (format === undefined) return wrongUse(`--format takes one of ${describeFormats.join(', ')}.`)
  if (file === undefined || rest.length > 0) return wrongUse(`Give one module to ${command}.`)
  try {
    const all = await loadTopologies(file)
    const one = values.export === undefined ? undefined : all.get(values.export)
    if (values.export !== undefined && one === undefined) {
      return wrongUse(`${file} exports no topology named ${values.export}; it has ${[...all.keys()].join(', ')}.`)
    }
    const chosen = one === undefined ? [...all.values()] : [one]
    return print(commands[command](chosen, format))
  } catch (thrown) {
    if (!(thrown instanceof StreamsError)) throw thrown
    process.stderr.write(`${thrown.message}\n`)
    return 1
  }
}

function isCommand(text: string | undefined): text is keyof typeof commands {
  return text !== undefined && Object.hasOwn(commands, text)
}

/** What `describe` is to print; undefined for a format that there is not, or for two. */
function formatOf(values: { readonly format?: string; readonly mermaid: boolean }): DescribeFormat | undefined {
  const asked = values.format ?? (values.mermaid ? 'mermaid' : 'text')
  if (values.mermaid && asked !== 'mermaid') return undefined
  return describeFormats.find((format) => format === asked)
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

function wrongUse(what: string): number {
  process.stderr.write(`${what}\n\n${usage}`)
  return 2
}
