import { describe, expect, it } from 'vitest'
import { originHeader, originMark, withoutOrigin } from './origin-header.ts'

describe('the origin of a record', () => {
  it('is read as it was written, whatever other headers there are', () => {
    const other = { name: 'a', value: Buffer.from('b') }
    const headers = [other, originHeader(70_000, 2 ** 47, 4_000_000_000)]
    expect(originMark(headers)).toEqual({ partition: 70_000, offset: 2 ** 47, index: 4_000_000_000 })
    expect(withoutOrigin(headers)).toEqual([other])
  })

  it('is absent where none is, or none of ours', () => {
    const headers = [{ name: 'millrace.origin', value: Buffer.from('short') }]
    expect(originMark(headers)).toBeUndefined()
    expect(originMark([])).toBeUndefined()
    const plain = [{ name: 'a', value: null }]
    expect(withoutOrigin(plain)).toBe(plain)
  })
})
