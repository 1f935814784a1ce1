import { parseArgs } from 'node:util'

export interface Options {
  readonly hours: number
  readonly count: number
  readonly seed: number
  readonly top: number
}

/** A wrong option: answered with the usage and exit code 2, without a stack trace. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

const numbers = {
  hours: { help: 'hours of simulated time', default: 6, min: 1, max: 8_760 },
  count: { help: 'how many ratings', default: 3_000, min: 1, max: 1_000_000 },
  seed: { help: 'which ratings: the same seed gives the same ones', default: 1, min: 0, max: 4_294_967_295 },
  top: { help: 'films to show per hour', default: 5, min: 1, max: 100 },
} as const

const names = ['hours', 'count', 'seed', 'top'] as const

export const helpText: string = [
  'Ratings of films arrive; a topology finds for every hour how each film was rated and',
  'who liked it best, once the hour is over. All in this process, with nothing but Node.',
  '',
  'Usage: npm run top-of-the-hour -- [options]',
  '',
  'Options:',
  ...names.map((name) => `  ${`--${name} <n>`.padEnd(12)}  ${numbers[name].help} (default: ${numbers[name].default})`),
  '  -h, --help    print this',
  '',
  'Examples:',
  '  npm run top-of-the-hour',
  '  npm run top-of-the-hour -- --hours 24 --count 20000 --seed 7 --top 3',
  '',
].join('\n')

/** The options given, or 'help'. Throws UsageError. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const given = parseGiven(args)
  if (given.help === true) return 'help'
  return {
    hours: numberOf('hours', given.hours),
    count: numberOf('count', given.count),
    seed: numberOf('seed', given.seed),
    top: numberOf('top', given.top),
  }
}

function numberOf(name: (typeof names)[number], text: string | undefined): number {
  const { default: otherwise, min, max } = numbers[name]
  if (text === undefined) return otherwise
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new UsageError(`Option '--${name}' takes a whole number from ${min} to ${max}, not '${text}'`)
}

function parseGiven(args: readonly string[]) {
  const text = { type: 'string' } as const
  const help = { type: 'boolean', short: 'h' } as const
  try {
    return parseArgs({ args: [...args], options: { hours: text, count: text, seed: text, top: text, help } }).values
  } catch (thrown) {
    const [reason = 'wrong option'] = (thrown instanceof Error ? thrown.message : String(thrown)).split(/\. |\n/)
    throw new UsageError(reason.replace(/\.$/, ''))
  }
}
