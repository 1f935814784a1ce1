import { describe, expect, it } from 'vitest'
import { string, topology, untilTimeLimit, type KTable, type Topology } from '../../index.ts'

const texts = { key: string(), value: string() }

function held(build: (table: KTable<string, string>) => KTable<string, string>): () => Topology {
  return () =>
    topology('t', (t) => {
      build(t.table('in', { ...texts, versioned: 100 })).suppress(untilTimeLimit(5))
    })
}

describe('suppress() of versions', () => {
  it('is refused below a versioned table, also through operations without a store of their own', () => {
    const refused = { code: 'TOPOLOGY_INVALID', what: expect.stringContaining('versioned table') }
    expect(held((table) => table)).toThrow(expect.objectContaining(refused))
    expect(held((table) => table.filter(() => true).mapValues((value) => value))).toThrow(
      expect.objectContaining(refused),
    )
  })

  it('is fine behind a table that keeps the latest rows alone', () => {
    expect(held((table) => table.filter(() => true, { store: 'latest' }))).not.toThrow()
  })
})
