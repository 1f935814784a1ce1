import { describe, expect, it } from 'vitest'
import { bigint, blob, boolean, double, float, int, smallint, text, timestamp, tinyint, uuid } from './columns.ts'

const id = '5F0C1E4E-0B4B-4C57-9B51-4AD7A1A6C0DE'

const taken = [
  [text(), 'a', 'a'],
  [text(), '', ''],
  [int(), -(2 ** 31), -(2 ** 31)],
  [smallint(), 32_767, 32_767],
  [tinyint(), -128, -128],
  [bigint(), 5, 5n],
  [bigint(), 2n ** 63n - 1n, 2n ** 63n - 1n],
  [float(), 0.1, Math.fround(0.1)],
  [double(), 0.1, 0.1],
  [boolean(), false, false],
  [timestamp(), new Date(5), 5],
  [timestamp(), -5, -5],
  [uuid(), id, id.toLowerCase()],
  [blob(), new Uint8Array([1]), Buffer.from([1])],
] as const

const refused = [
  [text(), 7],
  [int(), 90.7],
  [int(), 2 ** 31],
  [int(), Number.NaN],
  [int(), '90'],
  [smallint(), 32_768],
  [tinyint(), 128],
  [bigint(), 2 ** 53],
  [bigint(), 2n ** 63n],
  [bigint(), 0.5],
  [float(), 1e39],
  [float(), Number.POSITIVE_INFINITY],
  [double(), Number.NaN],
  [double(), '1'],
  [boolean(), 1],
  [timestamp(), new Date(Number.NaN)],
  [timestamp(), '2025-03-27T09:00:00'],
  [timestamp(), 0.5],
  [timestamp(), 1e16],
  [uuid(), 'not a uuid'],
  [blob(), 'text'],
] as const

describe('columns', () => {
  it.each(taken)('stores a value that fits: %o, %o as %o', (column, value, stored) => {
    expect(column.encode(value as never)).toEqual(stored)
  })

  it.each(refused)('refuses a value that does not fit: %o, %o', (column, value) => {
    expect(() => column.encode(value as never)).toThrow(expect.objectContaining({ code: 'ROW_INVALID' }))
  })

  it('says what it takes and what it was given', () => {
    expect(() => int().encode(90.7)).toThrow(
      'A column of type int takes a whole number from -2147483648 to 2147483647, but was given 90.7.',
    )
  })

  it('does not keep the buffer of a blob', () => {
    const given = Buffer.from([1])
    const stored = blob().encode(given)
    given[0] = 2
    expect(stored).toEqual(Buffer.from([1]))
  })

  it('reads a timestamp as Date and a bigint as bigint', () => {
    expect(timestamp().decode(5)).toEqual(new Date(5))
    expect(bigint().decode(5n)).toBe(5n)
  })

  it('orders text by UTF-8 bytes, where JavaScript does not', () => {
    const sorted = ['\uFF5E', '😀', 'a', 'Z'].sort((left, right) => text().compare(left, right))
    expect(sorted).toEqual(['Z', 'a', '\uFF5E', '😀'])
    expect(['\uFF5E', '😀'].sort()).toEqual(['😀', '\uFF5E'])
  })

  it('orders UUIDs by version, those of version 1 by time', () => {
    const random = '00000000-0000-4000-8000-000000000000'
    const early = 'ffffffff-0000-1000-8000-000000000000'
    const late = '00000000-0001-1000-8000-000000000000'
    expect([random, late, early].sort((left, right) => uuid().compare(left, right))).toEqual([early, late, random])
  })
})
