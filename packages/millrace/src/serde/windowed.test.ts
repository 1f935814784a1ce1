import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nullable } from './nullable.ts'
import { string } from './string.ts'
import { sessionWindowed, windowed } from './windowed.ts'

const at = (start: number, end: number) => ({ key: 'ann', window: { start, end } })
const refuses = (code: string): unknown => expect.objectContaining({ code, context: { topic: 't' } })
const time = fc.integer({ min: 0, max: 8_640_000_000_000_000 })

describe('windowed', () => {
  const serde = windowed(string(), { size: 60_000 })

  it('writes the key and 8 bytes of start', () => {
    expect(serde.serialize(at(60_000, 120_000), 't')!.toString('hex')).toBe(
      `${Buffer.from('ann').toString('hex')}000000000000ea60`,
    )
  })

  it('gives back key and window, the end by the size', () => {
    fc.assert(
      fc.property(fc.string(), time, (key, start) => {
        const value = { key, window: { start, end: start + 60_000 } }
        expect(serde.deserialize(serde.serialize(value, 't')!, 't')).toEqual(value)
      }),
    )
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a size of %s', (size) => {
    expect(() => windowed(string(), { size })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  it('refuses bytes that cannot hold a window, and windows without a key or time', () => {
    expect(() => serde.deserialize(Buffer.alloc(7), 't')).toThrow(refuses('DESERIALIZE_FAILED'))
    expect(() => serde.serialize({ ...at(0, 1), key: null as never }, 't')).toThrow(refuses('SERIALIZE_FAILED'))
    expect(() => serde.serialize(at(0.5, 1), 't')).toThrow(refuses('SERIALIZE_FAILED'))
    const tombstones = windowed(nullable(string()), { size: 1 })
    expect(() => tombstones.serialize({ ...at(0, 1), key: null }, 't')).toThrow(refuses('SERIALIZE_FAILED'))
  })
})

describe('sessionWindowed', () => {
  const serde = sessionWindowed(string())

  it('writes the key, 8 bytes of end and 8 bytes of start', () => {
    expect(serde.serialize(at(1, 2), 't')!.toString('hex')).toBe(
      `${Buffer.from('ann').toString('hex')}00000000000000020000000000000001`,
    )
  })

  it('gives back key and window', () => {
    fc.assert(
      fc.property(fc.string(), time, time, (key, start, end) => {
        const value = { key, window: { start, end } }
        expect(serde.deserialize(serde.serialize(value, 't')!, 't')).toEqual(value)
      }),
    )
  })

  it('refuses bytes that cannot hold a session', () => {
    expect(() => serde.deserialize(Buffer.alloc(15), 't')).toThrow(refuses('DESERIALIZE_FAILED'))
  })
})

describe('nullable', () => {
  it('writes null as null and everything else as its serde does', () => {
    expect(nullable(string()).serialize(null, 't')).toBeNull()
    expect(nullable(string()).serialize('a', 't')).toEqual(Buffer.from('a'))
    expect(nullable(string()).deserialize(Buffer.from('a'), 't')).toBe('a')
  })
})
