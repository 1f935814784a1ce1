import { simulate, type SimulationReport } from 'millrace/testing'
import type { Options } from './options.ts'
import type { Scenario } from './scenarios.ts'

/** Runs one seed of a topology; the seed decides where its stores live, too. */
export function runSeed(scenario: Scenario, seed: number, guarantee: Options['guarantee']): Promise<SimulationReport> {
  const topology = scenario.create(seed % 3 === 0 ? 'persistent' : 'memory')
  return simulate(topology, {
    seed,
    inputs: scenario.inputs,
    ...(scenario.outputs === undefined ? {} : { outputs: scenario.outputs }),
    ...(guarantee === undefined ? {} : { guarantee }),
    command: `npm run simulate -- --topology ${scenario.name} --seed ${seed}${guarantee === undefined ? '' : ` --guarantee ${guarantee}`}`,
  })
}
