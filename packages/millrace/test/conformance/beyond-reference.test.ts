import { readdirSync, readFileSync } from 'node:fs'
import { topology } from 'millrace'
import { describe, expect, it } from 'vitest'
import { parseCases } from './parse-cases.ts'
import { parseSpec } from './reference/spec.ts'
import { streamJoins } from './reference/stream-joins.ts'
import { tableJoins } from './reference/table-joins.ts'
import { tasks } from './reference/tasks.ts'
import { runOnTopology } from './run-on-topology.ts'

// Random inputs with what Kafka Streams 4.0.0 gave for them: reference/README.md says how they were made.
const builders = { ...streamJoins, ...tableJoins, ...tasks }
const folder = new URL('reference/cases/', import.meta.url)

describe.each(readdirSync(folder).toSorted())('random inputs, as Kafka Streams 4.0.0 answers them: %s', (file) => {
  const cases = parseCases(readFileSync(new URL(file, folder), 'utf8'), `reference/cases/${file}`)

  it.each(cases.map((one) => [one.id, one.title, one] as const))('%s: %s', (_id, title, one) => {
    const spec = parseSpec(title)
    const { failure } = runOnTopology(one, { topology: topology('app', (t) => builders[spec.kind]!(t, spec)) })
    expect([failure?.where, failure?.actual]).toEqual([failure?.where, failure?.expected])
  })
})
