import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCases } from './parse-cases.ts'
import { tableOf, windowsOf } from './random/topologies.ts'
import { runOnTopology } from './run-on-topology.ts'

describe.each([
  ['windows', windowsOf],
  ['tables', tableOf],
] as const)('random inputs, as Kafka Streams 4.0.0 answered them: %s', (name, topologyOf) => {
  const text = readFileSync(new URL(`random/${name}.case`, import.meta.url), 'utf8')

  it.each(parseCases(text, `random/${name}.case`).map((one) => [one.id, one.title, one] as const))(
    '%s: %s',
    (_id, title, one) => {
      const { failure } = runOnTopology(one, { topology: topologyOf(title) })
      expect([failure?.where, failure?.actual]).toEqual([failure?.where, failure?.expected])
    },
  )
})
