import { describe, expect, it } from 'vitest'
import type { CaseRecord } from './case.ts'
import { compareStep } from './compare-step.ts'

function records(...lines: readonly (readonly [topic: string, key: string, value: string])[]): readonly CaseRecord[] {
  return lines.map(([topic, key, value]) => ({ topic, key, value, timestamp: 1, headers: [] }))
}

describe('compareStep', () => {
  const expected = records(['out', 'a', '1'], ['out', 'a', '2'], ['out', 'b', '1'])

  it('says when equality was exact, whatever is allowed', () => {
    expect(compareStep(expected, expected, [2, 3])).toEqual({ isEqual: true, by: 'exact' })
  })

  it('names rule 3 when only the order between keys differs', () => {
    const actual = records(['out', 'b', '1'], ['out', 'a', '1'], ['out', 'a', '2'])
    expect(compareStep(expected, actual, [3])).toEqual({ isEqual: true, by: 3 })
    expect(compareStep(expected, actual, []).isEqual).toBe(false)
  })

  it('keeps the order of one key under rule 3', () => {
    const actual = records(['out', 'a', '2'], ['out', 'a', '1'], ['out', 'b', '1'])
    expect(compareStep(expected, actual, [3]).isEqual).toBe(false)
  })

  it('names rule 2 when only the last value per key is the same', () => {
    const actual = records(['out', 'a', '2'], ['out', 'b', '1'])
    expect(compareStep(expected, actual, [2])).toEqual({ isEqual: true, by: 2 })
    expect(compareStep(expected, records(['out', 'a', '2']), [2]).isEqual).toBe(false)
  })

  it('compares timestamps and headers', () => {
    const [record] = records(['out', 'a', '1'])
    expect(compareStep([record!], [{ ...record!, timestamp: 2 }], [2, 3]).isEqual).toBe(false)
    expect(compareStep([record!], [{ ...record!, headers: [{ name: 'h', value: '1' }] }], [2, 3]).isEqual).toBe(false)
  })
})
