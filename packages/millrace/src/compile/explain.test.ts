import { describe, expect, it } from 'vitest'
import { json, topology, type TopologyBuilder } from '../index.ts'

const number = { value: json<number>() }

/** What is said about the operation with that id, without its label. */
function factsOf(id: string, define: (t: TopologyBuilder) => void): readonly string[] {
  const lines = topology('app', define).explain().split('\n')
  const first = lines.indexOf(`    · ${id}`) + 1
  const length = lines.slice(first).findIndex((line) => !line.startsWith('      '))
  return lines.slice(first, first + length).map((line) => line.trim().replace(/ {2,}/, ': '))
}

describe('explain', () => {
  it('says that no repartition is needed while the key is that of the topic', () => {
    const facts = factsOf('a/filter/count', (t) =>
      t
        .source('a', number)
        .filter(() => true)
        .groupByKey()
        .count({ store: 'counts' })
        .toStream()
        .to('out', number),
    )
    expect(facts).toEqual([
      'key: kept',
      'repartition: none: the key is still that of a',
      'store: counts (timestamped-key-value)',
      'state: in memory',
      'changelog: app-counts-changelog',
      'after crash: exact under at-least-once',
    ])
  })

  it('names the internal topic and the operation that makes it needed', () => {
    const define = (t: TopologyBuilder) =>
      t
        .source('a', number)
        .selectKey(String, { name: 'by-value' })
        .mapValues((value) => value + 1)
        .groupByKey({ name: 'grouped' })
        .count({ name: 'counted', logged: false })
        .toStream()
        .to('out', number)
    expect(factsOf('by-value', define)).toEqual(['key: may change here'])
    expect(factsOf('by-value/mapValues', define)).toEqual(['key: kept as by-value left it'])
    expect(factsOf('counted', define)).toEqual([
      'key: kept',
      'repartition: through app-grouped-repartition: by-value may have changed the key',
      'store: counted (timestamped-key-value)',
      'state: in memory',
      'changelog: none: logged is false',
    ])
  })

  it('says where a repartition was asked for', () => {
    const facts = factsOf('again-repartition/sink', (t) =>
      t.source('a', number).repartition({ name: 'again' }).to('out', number),
    )
    expect(facts[1]).toBe('repartition: repartition() asks for it')
  })

  it('says of a table whether it is kept, and who looks its rows up', () => {
    const define = (t: TopologyBuilder) => {
      const rows = t.table<string, number>('rows', { name: 'rows-table' })
      const large = rows.filter((value) => value > 9, { name: 'large' })
      t.source('a', number)
        .joinTable(large, { type: 'inner', select: (a, b) => a + b, name: 'joined' })
        .to('out', number)
    }
    expect(factsOf('large', define)).toEqual(['key: kept', 'store: none: a look-up asks the tables above'])
    expect(factsOf('joined', define)).toContain('looks up: rows in rows-table')
  })

  it('says where a function chooses the partition', () => {
    const text = topology('app', (t) => {
      t.source('a', number)
        .repartition({ name: 'r', partition: () => 0 })
        .to('out', { ...number, partition: () => 0 })
    }).describe()
    expect(text).toContain('to internal topic app-r-repartition (key string, value json, partition by a function)')
    expect(text).toContain('to topic out (key string, value json, partition by a function)')
  })

  it('does not promise state to a topology that has none', () => {
    expect(topology('app', (t) => t.source('a').to('b')).explain()).not.toContain('State:')
  })
})
