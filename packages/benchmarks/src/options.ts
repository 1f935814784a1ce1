import { parseArgs } from 'node:util'

export interface Options {
  /** Names of measurements; empty: all. */
  readonly only: readonly string[]
  readonly records: number
  readonly rounds: number
  readonly json: string | undefined
  readonly profileDir: string | undefined
}

/** Wrong use: told with the usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Reads the command line; 'help' when that is asked for. Throws UsageError. */
export function readOptions(args: readonly string[], names: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const isQuick = values.quick === true
  const only = [...positionals, ...(values.only ?? '').split(',').filter((name) => name !== '')]
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new UsageError(`There is no measurement '${unknown}'; there are ${names.join(', ')}`)
  return {
    only,
    records: atLeast('records', values.records, isQuick ? 50_000 : 1_000_000, 10_000),
    rounds: atLeast('rounds', values.rounds, isQuick ? 1 : 3, 1),
    json: values.json,
    profileDir: values['cpu-prof'],
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        records: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        'cpu-prof': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? (thrown.message.split('. ')[0] ?? '') : String(thrown))
  }
}

function atLeast(name: string, text: string | undefined, standard: number, least: number): number {
  if (text === undefined) return standard
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isInteger(value) && value >= least) return value
  throw new UsageError(`--${name} takes a whole number of at least ${least}, not '${text}'`)
}
