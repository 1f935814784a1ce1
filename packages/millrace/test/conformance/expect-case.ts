import { StreamsError, type Topology } from 'millrace'
import { expect } from 'vitest'
import type { ConformanceCase } from './case.ts'
import type { Rule } from './compare-step.ts'
import { parseCases } from './parse-cases.ts'
import { runCase } from './run-case.ts'
import type { CaseTopology } from './topologies/case-topology.ts'
import { TopologyCaseDriver } from './topology-case-driver.ts'

/** Runs a case on its topology, fails the test where it differs, and gives the rules that equality needed. */
export function expectCase(one: ConformanceCase, { topology, throws }: CaseTopology): ReadonlySet<Rule> {
  // the reference's exceptions are all StreamsException; ours has the code that stands beside the topology
  const nameOf = (error: unknown): string =>
    error instanceof StreamsError && error.code === throws ? 'StreamsException' : String(error)
  const { failure, rules } = runCase(one, new TopologyCaseDriver(topology), nameOf)
  expect(failure?.actual, failure?.where).toEqual(failure?.expected)
  return rules
}

/** The same for steps that stand in a test: exact equality, unless rules are given. */
export function expectSteps(topology: Topology, steps: string, allows: readonly Rule[] = []): void {
  const [one] = parseCases(`case XX-0: of this test\n${steps}`, 'line after the backtick')
  expectCase({ ...one!, allows }, { topology })
}
