import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { type } from 'arktype'
import { z } from 'zod'
import { StreamsError, type ErrorCode } from '../errors/index.ts'
import { json } from './json.ts'

const Rating = z.object({ name: z.string(), rating: z.number() })

function codeOf(run: () => unknown): { code: ErrorCode; message: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof StreamsError) return { code: error.code, message: error.message }
    throw error
  }
  throw new TypeError('nothing was thrown')
}

describe('json', () => {
  it('gives back what it wrote', () => {
    const value = { name: 'Ευαγγελία 🎬', rating: 9, tags: ['a', null] }
    expect(json().deserialize(json().serialize(value, 't')!, 't')).toEqual(value)
  })

  it('skips a byte order mark', () => {
    expect(json().deserialize(Buffer.from('\ufeff{"a":1}'), 't')).toEqual({ a: 1 })
  })

  it('reads a slice without what stands around it', () => {
    expect(json().deserialize(Buffer.from('xx{"a":1}yy').subarray(2, 9), 't')).toEqual({ a: 1 })
  })

  it('takes a replacement character that really stands in the text', () => {
    expect(json().deserialize(Buffer.from('"\ufffd"'), 't')).toBe('\ufffd')
  })

  it('refuses text that is not JSON, and names the topic', () => {
    const { code, message } = codeOf(() => json().deserialize(Buffer.from('oops'), 'ratings'))
    expect(code).toBe('DESERIALIZE_FAILED')
    expect(message).toContain('topic=ratings')
    expect(message).not.toContain('\n')
  })

  it('refuses JSON in invalid UTF-8 instead of replacing it', () => {
    const { code, message } = codeOf(() => json().deserialize(Buffer.from([0x22, 0xff, 0x22]), 't'))
    expect(code).toBe('DESERIALIZE_FAILED')
    expect(message).toContain('not UTF-8')
  })

  it.each([undefined, () => 1, Symbol('s'), 1n])('refuses to write %s', (value) => {
    expect(codeOf(() => json().serialize(value, 't')).code).toBe('SERIALIZE_FAILED')
  })

  it('refuses to write a cycle', () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const { code, message } = codeOf(() => json().serialize(loop, 't'))
    expect(code).toBe('SERIALIZE_FAILED')
    expect(message).not.toContain('\n')
  })
})

describe('json with a schema', () => {
  const bad = Buffer.from('{"name":"ann","rating":"nine"}')

  it('gives what the schema answers', () => {
    const serde = json(z.object({ rating: z.string().transform(Number) }))
    expect(serde.deserialize(Buffer.from('{"rating":"9","x":1}'), 't')).toEqual({ rating: 9 })
  })

  it.each([
    ['zod', json(Rating)],
    ['valibot', json(v.object({ name: v.string(), rating: v.number() }))],
    ['arktype', json(type({ name: 'string', rating: 'number' }))],
  ])('names the path of what breaks the schema of %s', (_vendor, serde) => {
    const { code, message } = codeOf(() => serde.deserialize(bad, 'ratings'))
    expect(code).toBe('SCHEMA_MISMATCH')
    expect(message).toContain('schema: rating: ')
    expect(message).toContain('topic=ratings')
  })

  it('says to use parse() when the schema is asynchronous', () => {
    const serde = json(z.string().refine(async () => true))
    const { code, message } = codeOf(() => serde.deserialize(Buffer.from('"a"'), 't'))
    expect(code).toBe('CALLBACK_ASYNC')
    expect(message).toContain('parse()')
  })

  it('wraps what a schema throws', () => {
    const validate = (): never => {
      throw new TypeError('broken')
    }
    const serde = json({ '~standard': { version: 1, vendor: 'own', validate } })
    expect(codeOf(() => serde.deserialize(Buffer.from('"a"'), 't'))).toMatchObject({
      code: 'DESERIALIZE_FAILED',
      message: expect.stringContaining('broken') as string,
    })
  })
})
