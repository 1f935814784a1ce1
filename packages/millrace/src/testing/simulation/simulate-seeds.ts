import type { Topology } from '../../dsl/index.ts'
import { simulate, type SimulationOptions, type SimulationReport } from './simulate.ts'

export interface SeedsOptions extends Omit<SimulationOptions, 'seed'> {
  /** How many. */
  readonly seeds: number
  /** The first one. Default 1. */
  readonly from?: number
}

/** `simulate` for seeds that follow one another. Rejects with the first failure. */
export async function simulateSeeds(topology: Topology, options: SeedsOptions): Promise<readonly SimulationReport[]> {
  const { seeds, from = 1, ...others } = options
  const reports: SimulationReport[] = []
  for (let seed = from; seed < from + seeds; seed++) reports.push(await simulate(topology, { ...others, seed }))
  return reports
}
