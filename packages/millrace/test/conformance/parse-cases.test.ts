import { describe, expect, it } from 'vitest'
import { parseCases } from './parse-cases.ts'

const text = `case XX-01: every kind of line
allows: 2, 3
> in | k | a|b | 5 | h:n=v | h:m=
  < out | null | null | -1 | h:n=v=w
  < out | k |  | 6
! advance wall-clock by 10 ms
  < out | punctuate | 10 | 10
= kv-store S: [a=(x,y)@1, b=2@3]
= kv-store S: []
= window-store W (all windows): [a@0=1@2]
= session-store SES key 1: [1@600/600=1]
= versioned V.put(k, null, 20) -> validTo -1 (latest)
= versioned V.get(k, asOf=9) -> null
= versioned V.get(k) -> b @ 20
= metric dropped-records-total: 7
> in | null | x | 6
  * throws StreamsException (cause: StreamsException)

case XX-02: another
skip: not now
`

describe('parseCases', () => {
  const cases = parseCases(text, 'x.case')
  const [first, second] = cases

  it('reads ids, titles, allowed rules and reasons to skip', () => {
    expect(cases.map(({ id, title, allows, skip }) => ({ id, title, allows, skip }))).toEqual([
      { id: 'XX-01', title: 'every kind of line', allows: [2, 3], skip: undefined },
      { id: 'XX-02', title: 'another', allows: [], skip: 'not now' },
    ])
    expect(second?.steps).toEqual([])
  })

  it('reads records with bars in their values, empty values, nulls and headers', () => {
    const headers = [
      { name: 'n', value: 'v' },
      { name: 'm', value: '' },
    ]
    expect(first?.steps[0]).toEqual({
      kind: 'action',
      line: 3,
      action: { kind: 'send', record: { topic: 'in', key: 'k', value: 'a|b', timestamp: 5, headers } },
      outputs: [
        { topic: 'out', key: null, value: null, timestamp: -1, headers: [{ name: 'n', value: 'v=w' }] },
        { topic: 'out', key: 'k', value: '', timestamp: 6, headers: [] },
      ],
    })
  })

  it('reads wall-clock steps with what they bring', () => {
    expect(first?.steps[1]).toMatchObject({ action: { kind: 'advance', byMs: 10 }, outputs: [{ value: '10' }] })
  })

  it('reads the contents of stores, calls of versioned stores and metrics', () => {
    const checks = first?.steps.flatMap((step) => (step.kind === 'check' ? [step.check] : []))
    expect(checks).toEqual([
      { kind: 'kv-store', store: 'S', content: ['a=(x,y)@1', 'b=2@3'] },
      { kind: 'kv-store', store: 'S', content: [] },
      { kind: 'window-store', store: 'W', content: ['a@0=1@2'] },
      { kind: 'session-store', store: 'SES', key: '1', content: ['1@600/600=1'] },
      {
        kind: 'versioned',
        store: 'V',
        call: { method: 'put', key: 'k', value: null, timestamp: 20 },
        result: 'validTo -1 (latest)',
      },
      { kind: 'versioned', store: 'V', call: { method: 'get', key: 'k', asOf: 9 }, result: 'null' },
      { kind: 'versioned', store: 'V', call: { method: 'get', key: 'k' }, result: 'b @ 20' },
      { kind: 'metric', metric: 'dropped-records-total', value: 7 },
    ])
  })

  it('reads what the reference throws', () => {
    expect(first?.steps.at(-1)).toMatchObject({ throws: 'StreamsException (cause: StreamsException)' })
  })

  it.each(['> in | k | v', '? what', '= kv-store S', '! advance', 'allows: 9', '  < out | k | v | 1'])(
    'refuses a line that is not in the notation: %s',
    (line) => {
      expect(() => parseCases(`case XX-01: one\n${line}\n`, 'x.case')).toThrow(/x\.case:2 is not in the notation/)
    },
  )
})
