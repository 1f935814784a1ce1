import { expect, expectTypeOf, it } from 'vitest'
import type { Logger } from '../../ports/logger.ts'
import type { LookupTableSpec } from '../../ports/lookup-table.ts'
import { lookupTable } from './lookup-table.ts'

it('gives the rows of a key in the order of the entries', async () => {
  const entries = new Map([['b', { n: 2 }]]).entries()
  const spec = lookupTable('films', [...entries, ['a', { n: 1 }], ['a', { n: 3 }]])
  const table = spec.open({} as Logger)
  expect(await table.load()).toEqual([])
  expect([table.get('a'), table.get('b'), table.get('c'), table.size]).toEqual([
    [{ n: 1 }, { n: 3 }],
    [{ n: 2 }],
    [],
    3,
  ])
  expectTypeOf(spec).toEqualTypeOf<LookupTableSpec<string, { n: number }>>()
})
