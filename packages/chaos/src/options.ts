import { parseArgs } from 'node:util'
import { ChaosError } from './chaos-error.ts'
import type { ChaosPlanOptions } from './chaos-plan.ts'
import type { ChaosSettings } from './chaos-settings.ts'
import { topologyNames } from './topologies.ts'
import { oneOf } from './workers/worker-options.ts'

export type Command = 'run' | 'rebalance'

export interface Options extends ChaosPlanOptions, Omit<ChaosSettings, 'brokers'> {
  readonly command: Command
  readonly processes: number
}

const texts = [
  'topology',
  'guarantee',
  'storage',
  'standbys',
  'instances',
  'commit-every',
  'session-timeout',
  'partitions',
  'ratings',
  'seed',
  'processes',
  'kills',
  'zombies',
  'broker-kills',
  'broker-pauses',
] as const

/** Reads the command line; 'help' when that is asked for. Throws ChaosError. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const text = (name: (typeof texts)[number], standard: string): string => textOf(values[name]) ?? standard
  const count = (name: (typeof texts)[number], standard: number, least: number): number => {
    const value = Number(text(name, String(standard)).trim() || Number.NaN)
    if (Number.isInteger(value) && value >= least) return value
    throw new ChaosError(`--${name} takes a whole number of at least ${least}`)
  }
  const command = oneOf('command', positionals[0] ?? 'run', ['run', 'rebalance'] as const)
  const guarantee = oneOf('guarantee', text('guarantee', 'at-least-once'), ['at-least-once', 'exactly-once'] as const)
  return {
    command,
    topology: oneOf('topology', text('topology', 'by-key'), topologyNames),
    guarantee,
    storage: oneOf('storage', text('storage', 'memory'), ['memory', 'persistent'] as const),
    sharesFolder: values['shared-folder'] === true,
    standbyReplicas: count('standbys', 0, 0),
    instances: count('instances', 1, 1),
    commitEveryMs: count('commit-every', guarantee === 'exactly-once' ? 200 : 1_000, 1),
    sessionTimeoutMs: count('session-timeout', 6_000, 100),
    partitions: count('partitions', 8, 1),
    ratings: count('ratings', 1_000_000, 1_000),
    seed: count('seed', 1, 0),
    processes: count('processes', 3, 1),
    kills: count('kills', 10, 0),
    zombies: count('zombies', 0, 0),
    brokerKills: count('broker-kills', 0, 0),
    brokerPauses: count('broker-pauses', 0, 0),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>
  readonly positionals: readonly string[]
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(texts.map((name) => [name, { type: 'string' as const }])),
        'shared-folder': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (thrown) {
    throw new ChaosError(thrown instanceof Error ? (thrown.message.split('. ')[0] ?? '') : String(thrown))
  }
}
