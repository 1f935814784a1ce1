import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataDir } from '../paths.ts'
import { providerOrder, type ProviderName, type ServiceName } from '../service.ts'

const commands = ['up', 'down', 'status', 'logs', 'help'] as const

/** What the command line can ask for. */
export type CliCommand = (typeof commands)[number]

export interface CliOptions {
  readonly command: CliCommand
  readonly services: readonly ServiceName[]
  /** Absent: the default port. */
  readonly ports: { readonly [service in ServiceName]?: number }
  readonly dataDir: string
  readonly fresh: boolean
  readonly providers: readonly ProviderName[]
  /** Whether the topics and tables of the example are left out. */
  readonly bare: boolean
  /** How many lines of each log are shown. */
  readonly lines: number
}

/** A command line that cannot be understood: a sentence that says why. */
export interface CliFault {
  readonly fault: string
}

type Values = Readonly<Record<string, string | boolean | undefined>>

/** Reads the command line; options win over the environment. */
export function parseCliOptions(args: readonly string[], env: Values): CliOptions | CliFault {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kafka: { type: 'boolean' },
        cassandra: { type: 'boolean' },
        'kafka-port': { type: 'string' },
        'cassandra-port': { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        bare: { type: 'boolean' },
        provider: { type: 'string' },
        lines: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return interpret(values.help === true ? ['help'] : positionals, values, env)
  } catch (error) {
    // parseArgs says well what is wrong, in its first sentence
    const message = error instanceof Error ? error.message : String(error)
    return { fault: `${message.split('. ', 1)[0]}.` }
  }
}

function interpret(positionals: readonly string[], values: Values, env: Values): CliOptions | CliFault {
  const [word, ...rest] = positionals
  const command = commands.find((known) => known === word)
  if (word === undefined) return { fault: 'Say what to do.' }
  if (command === undefined) return { fault: `There is no command "${word}".` }
  if (rest.length > 0) return { fault: `"${rest.join(' ')}" is one word too many.` }

  const kafkaPort = wholeNumber('--kafka-port', values['kafka-port'] ?? env['KAFKA_PORT'], 65_535)
  const cassandraPort = wholeNumber('--cassandra-port', values['cassandra-port'] ?? env['CASSANDRA_PORT'], 65_535)
  const lines = wholeNumber('--lines', values['lines'], 10_000)
  for (const number of [kafkaPort, cassandraPort, lines]) if (typeof number === 'object') return number
  const providers = chooseProviders(values['provider'] ?? env['MILLRACE_SERVICES_PROVIDER'])
  if ('fault' in providers) return providers

  const both = values['kafka'] === values['cassandra']
  return {
    command,
    services: both ? ['kafka', 'cassandra'] : values['kafka'] === true ? ['kafka'] : ['cassandra'],
    ports: {
      ...(typeof kafkaPort === 'number' ? { kafka: kafkaPort } : {}),
      ...(typeof cassandraPort === 'number' ? { cassandra: cassandraPort } : {}),
    },
    dataDir: resolve(textOr(values['data'] ?? env['MILLRACE_SERVICES_DATA'], defaultDataDir)),
    fresh: values['fresh'] === true,
    providers,
    bare: values['bare'] === true,
    lines: typeof lines === 'number' ? lines : 20,
  }
}

function chooseProviders(text: string | boolean | undefined): readonly ProviderName[] | CliFault {
  if (text === undefined || text === '') return providerOrder
  const provider = providerOrder.find((known) => known === text)
  return provider === undefined
    ? { fault: `--provider is "${String(text)}"; it can be ${providerOrder.join(', ')}.` }
    : [provider]
}

function wholeNumber(option: string, text: string | boolean | undefined, max: number): number | CliFault | undefined {
  if (text === undefined || text === '') return undefined
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= max
    ? number
    : { fault: `${option} is "${String(text)}"; it must be a whole number from 1 to ${max}.` }
}

function textOr(text: string | boolean | undefined, otherwise: string): string {
  return typeof text === 'string' && text !== '' ? text : otherwise
}
