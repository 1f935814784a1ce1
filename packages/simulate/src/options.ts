import { parseArgs } from 'node:util'
import { type Scenario, scenarios } from './scenarios.ts'

export interface Options {
  readonly scenarios: readonly Scenario[]
  readonly from: number
  /** Seeds of each topology. */
  readonly seeds: number
  readonly guarantee: 'at-least-once' | 'exactly-once' | undefined
  /** Failures after which a topology is left. */
  readonly maxFailures: number
}

export const help = `Runs topologies under simulated crashes, rebalances and outages: npm run simulate -- [options]

  --seeds <n>       seeds of each topology (default 200)
  --from <n>        the first seed (default 1)
  --seed <n>        this seed alone
  --topology <name> ${scenarios.map(({ name }) => name).join(', ')} (default: all)
  --guarantee <g>   at-least-once or exactly-once (default: the seed chooses)`

/** What the command line asks for; a sentence where that cannot be. */
export function readOptions(args: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      topology: { type: 'string' },
      guarantee: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return help
  const { guarantee } = values
  const numbers = [values.seeds, values.from, values.seed ?? '1'].map(Number)
  if (numbers.some((number) => !Number.isInteger(number) || number < 0)) return `Seeds are whole numbers.\n\n${help}`
  if (guarantee !== undefined && guarantee !== 'at-least-once' && guarantee !== 'exactly-once') {
    return `There is no guarantee '${guarantee}'.\n\n${help}`
  }
  const chosen = scenarios.filter(({ name }) => values.topology === undefined || name === values.topology)
  if (chosen.length === 0) return `There is no topology '${values.topology}'.\n\n${help}`
  const [seeds, from, seed] = numbers as [number, number, number]
  const range = values.seed === undefined ? { from, seeds } : { from: seed, seeds: 1 }
  return { scenarios: chosen, ...range, guarantee, maxFailures: 5 }
}
