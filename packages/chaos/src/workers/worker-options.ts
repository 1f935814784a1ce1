import { parseArgs } from 'node:util'
import { ChaosError } from '../chaos-error.ts'
import { type Storage, type TopologyName, topologyNames } from '../topologies.ts'

/** What a worker is told, all of it by arguments. */
export interface WorkerOptions {
  readonly brokers: readonly string[]
  readonly applicationId: string
  readonly topology: TopologyName
  readonly guarantee: 'at-least-once' | 'exactly-once'
  readonly storage: Storage
  readonly stateFolder: string
  readonly standbyReplicas: number
  readonly instances: number
  readonly commitEveryMs: number
  readonly sessionTimeoutMs: number
  readonly reportEveryMs: number
}

export function workerArguments(options: WorkerOptions): readonly string[] {
  return Object.entries(options).map(([name, value]) => `--${kebab(name)}=${String(value)}`)
}

/** Throws ChaosError. */
export function readWorkerOptions(args: readonly string[]): WorkerOptions {
  const names = [
    'brokers',
    'applicationId',
    'topology',
    'guarantee',
    'storage',
    'stateFolder',
    'standbyReplicas',
    'instances',
    'commitEveryMs',
    'sessionTimeoutMs',
    'reportEveryMs',
  ] as const satisfies readonly (keyof WorkerOptions)[]
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [kebab(name), { type: 'string' as const }])),
  })
  const text = (name: keyof WorkerOptions): string => {
    const value = values[kebab(name)]
    if (typeof value === 'string') return value
    throw new ChaosError(`A worker needs --${kebab(name)}`)
  }
  return {
    brokers: text('brokers').split(','),
    applicationId: text('applicationId'),
    topology: oneOf('topology', text('topology'), topologyNames),
    guarantee: oneOf('guarantee', text('guarantee'), ['at-least-once', 'exactly-once'] as const),
    storage: oneOf('storage', text('storage'), ['memory', 'persistent'] as const),
    stateFolder: text('stateFolder'),
    standbyReplicas: Number(text('standbyReplicas')),
    instances: Number(text('instances')),
    commitEveryMs: Number(text('commitEveryMs')),
    sessionTimeoutMs: Number(text('sessionTimeoutMs')),
    reportEveryMs: Number(text('reportEveryMs')),
  }
}

export function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text)
  if (found === undefined) throw new ChaosError(`--${name} takes ${choices.join(', ')}; not '${text}'`)
  return found
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
