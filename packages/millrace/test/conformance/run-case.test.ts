import { describe, expect, it } from 'vitest'
import type { CaseRecord, ConformanceCase } from './case.ts'
import type { CaseDriver } from './case-driver.ts'
import { parseCases } from './parse-cases.ts'
import { runCase } from './run-case.ts'

/** Writes each record to `out`, and to an internal topic; a value `boom` throws. */
class EchoDriver implements CaseDriver {
  readonly #outputs: CaseRecord[] = []

  send(record: CaseRecord): void {
    if (record.value === 'boom') throw new RangeError('boom')
    this.#outputs.push({ ...record, topic: 'app-x-repartition' }, { ...record, topic: 'out' })
  }
  advance(byMs: number): void {
    this.#outputs.push({ topic: 'out', key: 'tick', value: String(byMs), timestamp: byMs, headers: [] })
  }
  outputs(): readonly CaseRecord[] {
    return this.#outputs
  }
  dropped(): number {
    return 1
  }
  store(): unknown {
    return { all: () => [['a', { value: 1, timestamp: 2 }]] }
  }
}

const nameOf = (error: unknown): string => (error as Error).name

function run(steps: string): ReturnType<typeof runCase> {
  const [one] = parseCases(`case XX-01: one\n${steps}`, 'x.case')
  return runCase(one as ConformanceCase, new EchoDriver(), nameOf)
}

describe('runCase', () => {
  it('passes a case whose steps bring what they must', () => {
    const report = run(`
> in | a | 1 | 5 | h:n=v
  < out | a | 1 | 5 | h:n=v
! advance wall-clock by 10 ms
  < out | tick | 10 | 10
= kv-store S: [a=1@2]
= metric dropped-records-total: 1
> in | a | boom | 6
  * throws RangeError (cause: nothing)`)
    expect(report).toEqual({ id: 'XX-01', rules: new Set() })
  })

  it('looks at internal topics only where the case shows them', () => {
    expect(run('> in | a | 1 | 5\n  < app-x-repartition | a | 1 | 5\n  < out | a | 1 | 5').failure).toBeUndefined()
    expect(run('> in | a | 1 | 5\n  < app-y-repartition | a | 1 | 5\n  < out | a | 1 | 5').failure).toBeDefined()
  })

  it('names the rule that equality needed', () => {
    expect(run('allows: 2\n> in | a | 1 | 5\n  < out | a | 0 | 5\n  < out | a | 1 | 5').rules).toEqual(new Set([2]))
  })

  it.each([
    ['a missing record', '> in | a | 1 | 5\n  < out | a | 1 | 5\n  < out | a | 2 | 5', 2],
    ['a record too many', '> in | a | 1 | 5', 2],
    ['another time', '> in | a | 1 | 5\n  < out | a | 1 | 6', 2],
    ['another store content', '= kv-store S: []', 2],
    ['another count', '= metric dropped-records-total: 2', 2],
    ['no error', '> in | a | 1 | 5\n  * throws RangeError', 2],
  ])('says where a case fails: %s', (_, steps, line) => {
    expect(run(steps).failure?.where).toBe(`x.case:${line}`)
  })

  it('lets an error that the case does not name through', () => {
    expect(() => run('> in | a | boom | 5')).toThrow(RangeError)
  })
})
