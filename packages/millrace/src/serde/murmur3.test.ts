import { describe, expect, it } from 'vitest'
import { murmur3 } from './murmur3.ts'

describe('murmur3()', () => {
  it('gives the verification value that its author published for x86_128', () => {
    const hashes = Array.from({ length: 256 }, (_, length) =>
      murmur3(Buffer.from(Array.from({ length }, (__, at) => at)), 256 - length),
    )
    expect(murmur3(Buffer.concat(hashes)).readUInt32LE(0)).toBe(0xb3ece62a)
  })

  it('gives zeros for nothing, and other bytes for every other length of zeros', () => {
    expect(murmur3(Buffer.alloc(0)).toString('hex')).toBe('0'.repeat(32))
    const seen = new Set(Array.from({ length: 40 }, (_, length) => murmur3(Buffer.alloc(length)).toString('hex')))
    expect(seen.size).toBe(40)
  })
})
