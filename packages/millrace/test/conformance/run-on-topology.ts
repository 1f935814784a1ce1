import { StreamsError } from 'millrace'
import type { ConformanceCase } from './case.ts'
import { type CaseReport, runCase } from './run-case.ts'
import type { CaseTopology } from './topologies/case-topology.ts'
import { TopologyCaseDriver } from './topology-case-driver.ts'

/** Runs a case on its topology. */
export function runOnTopology(one: ConformanceCase, { topology, throws }: CaseTopology): CaseReport {
  // the reference's exceptions are all StreamsException; ours has the code that stands beside the topology
  const nameOf = (error: unknown): string =>
    error instanceof StreamsError && error.code === throws ? 'StreamsException' : String(error)
  return runCase(one, new TopologyCaseDriver(topology), nameOf)
}
