import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from './murmur2.ts'

describe('murmur2', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])("hashes '%s' as Kafka's Java client does", (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  it('hashes bytes above 127 as unsigned, and nothing at all', () => {
    expect(murmur2(Buffer.from('Ευαγγελία'))).toBe(referenceMurmur2(Buffer.from('Ευαγγελία')))
    expect(murmur2(Buffer.alloc(0))).toBe(referenceMurmur2(Buffer.alloc(0)))
  })
})

describe('partitionOf', () => {
  it('gives a partition of the topic also where the hash is negative', () => {
    expect(partitionOf(Buffer.from('21'), 4)).toBe((-973932308 & 0x7fffffff) % 4)
    for (let key = 0; key < 200; key++) expect([0, 1, 2]).toContain(partitionOf(Buffer.from(`key-${key}`), 3))
  })
})

/** The published algorithm in BigInt arithmetic, one byte at a time: slow, and hard to get wrong in the same way. */
function referenceMurmur2(data: Uint8Array): number {
  const m = 0x5bd1e995n
  const times = (a: bigint, b: bigint): bigint => (a * b) & 0xffffffffn
  let h = 0x9747b28cn ^ BigInt(data.length)
  let at = 0
  for (; at + 4 <= data.length; at += 4) {
    let k = 0n
    for (let byte = 3; byte >= 0; byte--) k = (k << 8n) | BigInt(data[at + byte]!)
    k = times(k, m)
    k ^= k >> 24n
    h = times(h, m) ^ times(k, m)
  }
  const rest = data.subarray(at)
  if (rest.length > 0) {
    for (const [index, byte] of rest.entries()) h ^= BigInt(byte) << BigInt(8 * index)
    h = times(h, m)
  }
  h ^= h >> 13n
  h = times(h, m)
  h ^= h >> 15n
  return Number(BigInt.asIntN(32, h))
}
