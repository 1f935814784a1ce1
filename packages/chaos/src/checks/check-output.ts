import type { TopologyName } from '../topologies.ts'
import { differencesText } from './differences.ts'
import type { ExpectedCounts } from './expected-counts.ts'

export interface OutputRules {
  readonly topology: TopologyName
  readonly isExactlyOnce: boolean
}

/**
 * Looks at all that was written for each count, in order. Exactly once: 1, 2, 3 … up to the exact count, or the exact
 * count alone where results are suppressed until the hour is over. At least once: the same values, some of them again.
 */
export function checkOutput(
  output: ReadonlyMap<string, readonly number[]>,
  expected: ExpectedCounts,
  { topology, isExactlyOnce }: OutputRules,
): readonly string[] {
  const differences: string[] = []
  for (const name of expected.closed) {
    const count = expected.state.get(name)!
    const wanted = topology === 'suppressed' ? [count] : Array.from({ length: count }, (_, index) => index + 1)
    const written = output.get(name) ?? []
    const found = isExactlyOnce ? written : [...new Set(written)].sort((one, other) => one - other)
    const at = wanted.findIndex((value, index) => found[index] !== value)
    if (at >= 0 || found.length !== wanted.length) differences.push(`${name}: ${story(written, at, count)}`)
  }
  for (const name of output.keys()) {
    if (!expected.closed.has(name)) differences.push(`${name}: results of what has none`)
  }
  return differencesText('the output', differences)
}

/** How many results were written although they had been before. */
export function repetitions(output: ReadonlyMap<string, readonly number[]>): number {
  let repeated = 0
  for (const written of output.values()) repeated += written.length - new Set(written).size
  return repeated
}

function story(written: readonly number[], at: number, count: number): string {
  const index = at < 0 ? count : at
  const near = written.slice(Math.max(0, index - 2), index + 3).join(', ')
  return `${written.length} results for a count of ${count}, around the first difference: … ${near} …`
}
