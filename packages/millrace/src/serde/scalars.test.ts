import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes } from './bytes.ts'
import { integer } from './integer.ts'
import { long } from './long.ts'
import { number } from './number.ts'
import type { Serde } from './serde.ts'
import { string } from './string.ts'

function roundTrip<T>(serde: Serde<T>, value: T): T {
  return serde.deserialize(serde.serialize(value, 't')!, 't')
}

const hex = <T>(serde: Serde<T>, value: T): string => serde.serialize(value, 't')!.toString('hex')
const refuses = (code: string): unknown => expect.objectContaining({ code, context: { topic: 't' } })

describe('string', () => {
  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(roundTrip(string(), text)).toBe(text)
      }),
    )
  })

  it('keeps a byte order mark and a no-break space', () => {
    expect(roundTrip(string(), '\ufeffConsequences\u00a0')).toBe('\ufeffConsequences\u00a0')
  })

  it('refuses bytes that are not UTF-8, so that no two keys become one', () => {
    expect(() => string().deserialize(Buffer.from([0x61, 0xff]), 't')).toThrow(refuses('DESERIALIZE_FAILED'))
  })

  it('refuses half of a surrogate pair and what is not a string', () => {
    expect(() => string().serialize('\ud83c', 't')).toThrow(refuses('SERIALIZE_FAILED'))
    expect(() => string().serialize(7 as never, 't')).toThrow(refuses('SERIALIZE_FAILED'))
  })
})

describe('number', () => {
  it('gives back any number', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(roundTrip(number(), value)).toBe(value)
      }),
    )
  })

  it('writes the bytes of Java doubles', () => {
    expect(hex(number(), 1.5)).toBe('3ff8000000000000')
  })
})

describe('integer', () => {
  it('writes the bytes of Java ints', () => {
    expect(hex(integer(), -2)).toBe('fffffffe')
    expect([-(2 ** 31), 2 ** 31 - 1].map((value) => roundTrip(integer(), value))).toEqual([-(2 ** 31), 2 ** 31 - 1])
  })

  it.each([1.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, '1' as never])('refuses to write %s', (value) => {
    expect(() => integer().serialize(value, 't')).toThrow(refuses('SERIALIZE_FAILED'))
  })

  it('refuses bytes of another length', () => {
    expect(() => integer().deserialize(Buffer.alloc(8), 't')).toThrow(refuses('DESERIALIZE_FAILED'))
  })
})

describe('long', () => {
  it('agrees with BigInt on every safe integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const written = long().serialize(value, 't')!
        expect(written.readBigInt64BE()).toBe(BigInt(value))
        expect(long().deserialize(written, 't')).toBe(value + 0)
      }),
    )
  })

  it('refuses what a JS number cannot hold exactly', () => {
    const beyond = Buffer.alloc(8)
    for (const value of [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      beyond.writeBigInt64BE(value)
      expect(() => long().deserialize(beyond, 't')).toThrow(refuses('DESERIALIZE_FAILED'))
    }
    expect(() => long().serialize(2 ** 53, 't')).toThrow(refuses('SERIALIZE_FAILED'))
  })
})

describe('bytes', () => {
  it('hands on the same buffer', () => {
    const buffer = Buffer.from('abc')
    expect(bytes().serialize(buffer, 't')).toBe(buffer)
    expect(bytes().deserialize(buffer, 't')).toBe(buffer)
  })

  it('refuses what is not a Buffer', () => {
    expect(() => bytes().serialize('abc' as never, 't')).toThrow(refuses('SERIALIZE_FAILED'))
  })
})
