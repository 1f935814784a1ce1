import { expect, it } from 'vitest'
import { splitCql } from './split-cql.ts'

it('splits at semicolons and leaves out comments', () => {
  expect(splitCql('-- first; not a statement\nA 1; /* x; */ B\n 2; // end')).toEqual(['A 1', 'B\n 2'])
})

it('takes quoted text as it is', () => {
  expect(splitCql(`A 'it''s; -- here' "c;d";`)).toEqual([`A 'it''s; -- here' "c;d"`])
})

it('finds nothing in an empty file', () => {
  expect(splitCql('\n-- nothing\n')).toEqual([])
})
