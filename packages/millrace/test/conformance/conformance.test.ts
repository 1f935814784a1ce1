import { afterAll, describe, expect, it } from 'vitest'
import type { ConformanceCase } from './case.ts'
import { loadCases } from './load-cases.ts'
import { runOnTopology } from './run-on-topology.ts'
import { caseTopologies } from './topologies/index.ts'

const cases = loadCases()
const skipped = cases.filter((one) => one.skip !== undefined)
const passed: string[] = []
const byRule: string[] = []

function reason(one: ConformanceCase): string {
  return one.skip === undefined ? '' : ` (${one.skip})`
}

describe('Kafka Streams conformance', () => {
  afterAll(() => {
    const rules = byRule.length === 0 ? 'all exactly' : `by a rule: ${byRule.join(', ')}; the others exactly`
    const left = skipped.map((one) => one.id).join(', ')
    process.stdout.write(
      `conformance: ${cases.length} cases, ${passed.length} passed (${rules}), ${skipped.length} skipped (${left})\n`,
    )
  })

  it('has every case, and a topology for each', () => {
    expect(new Set(cases.map((one) => one.id)).size).toBe(57)
    expect(Object.keys(caseTopologies).toSorted()).toEqual(cases.map((one) => one.id).toSorted())
    expect(skipped.map((one) => one.id)).toEqual(['WI-25'])
  })

  for (const one of cases) {
    it.skipIf(one.skip !== undefined)(`${one.id}: ${one.title}${reason(one)}`, () => {
      const { failure, rules } = runOnTopology(one, caseTopologies[one.id]!())
      expect([failure?.where, failure?.actual]).toEqual([failure?.where, failure?.expected])
      passed.push(one.id)
      if (rules.size > 0) byRule.push(`${one.id} rule ${[...rules].join(' and ')}`)
    })
  }
})
