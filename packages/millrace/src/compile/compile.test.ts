import { describe, expect, it } from 'vitest'
import { deadLetter, topology } from '../index.ts'
import { compile } from './index.ts'

describe('compile', () => {
  it('cuts a plan into what shares records, in the order written', () => {
    const { plan } = topology('t', (t) => {
      const a = t.source('a')
      t.source('alone').to('x')
      const b = t.source(['b', 'b2'])
      t.source('also-alone').to('x')
      b.merge(a).to('y')
    })
    const { subTopologies, sourceTopics } = compile(plan)
    expect(subTopologies.map((sub) => [sub.id, sub.sourceTopics])).toEqual([
      [0, ['a', 'b', 'b2']],
      [1, ['alone']],
      [2, ['also-alone']],
    ])
    expect(sourceTopics).toEqual(['a', 'alone', 'b', 'b2', 'also-alone'])
    const all = subTopologies.flatMap((sub) => sub.nodes.map((node) => node.id))
    expect(all.sort()).toEqual(plan.nodes.map((node) => node.id).sort())
  })

  it('lists every topic that is written once, those of dead letters included', () => {
    const { plan } = topology(
      't',
      (t) => {
        const a = t.source('a', { onInvalid: deadLetter('bad') })
        a.to('x')
        a.to('x', { onError: deadLetter('worse') })
      },
      { onProcessError: deadLetter('bad') },
    )
    expect(compile(plan).sinkTopics).toEqual(['x', 'bad', 'worse'])
  })

  it('gives frozen values with parents before children', () => {
    const compiled = compile(
      topology('t', (t) => {
        const a = t.source('a')
        a.filter(() => true)
          .merge(a.filterNot(() => true))
          .to('x')
      }).plan,
    )
    expect([compiled, compiled.subTopologies, ...compiled.subTopologies].every(Object.isFrozen)).toBe(true)
    for (const { nodes } of compiled.subTopologies) {
      for (const [index, node] of nodes.entries()) {
        const before = nodes.slice(0, index).map((one) => one.id)
        expect(before).toEqual(expect.arrayContaining([...node.parents]))
      }
    }
  })
})
