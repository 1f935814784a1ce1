import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { json } from './json.ts'
import type { Serde } from './serde.ts'

test('the type is the output of the schema', () => {
  const schema = z.object({ at: z.string().transform(Number), note: z.string().optional() })
  expectTypeOf(json(schema)).toEqualTypeOf<Serde<{ at: number; note?: string | undefined }>>()
})

test('without a schema nothing is known', () => {
  expectTypeOf(json()).toEqualTypeOf<Serde<unknown>>()
})
