import type { Topology } from 'millrace'
import { expect } from 'vitest'
import { parseCases } from './parse-cases.ts'
import { runOnTopology } from './run-on-topology.ts'

declare module 'vitest' {
  interface Matchers<T = any> {
    /** Runs steps in the notation of the README on the topology; all outputs must be exactly equal. */
    toBring(steps: string): T
  }
}

expect.extend({
  toBring(topology: Topology, steps: string) {
    const [one] = parseCases(`case XX-0: of this test\n${steps}`, 'steps')
    const { failure } = runOnTopology(one!, { topology })
    return {
      pass: failure === undefined,
      message: () => `${failure?.where ?? 'the steps'} brings something else (lines from the first step, which is 2)`,
      ...(failure === undefined ? {} : { actual: failure.actual, expected: failure.expected }),
    }
  },
})
