const c1 = 0x239b961b
const c2 = 0xab0e9789
const c3 = 0x38b34ae5
const c4 = 0xa1e38b93

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}

function mixed(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * MurmurHash3 by Austin Appleby, 128 bits, the variant for 32-bit arithmetic (x86_128), as the reference writes it: four
 * little-endian words. Not for secrets.
 */
export function murmur3(data: Uint8Array, seed = 0): Buffer {
  const { length } = data
  let h1 = seed
  let h2 = seed
  let h3 = seed
  let h4 = seed
  const end = length & ~15
  for (let at = 0; at < end; at += 16) {
    h1 ^= Math.imul(rotated(Math.imul(word(data, at), c1), 15), c2)
    h1 = (Math.imul(rotated(h1, 19) + h2, 5) + 0x561ccd1b) | 0
    h2 ^= Math.imul(rotated(Math.imul(word(data, at + 4), c2), 16), c3)
    h2 = (Math.imul(rotated(h2, 17) + h3, 5) + 0x0bcaa747) | 0
    h3 ^= Math.imul(rotated(Math.imul(word(data, at + 8), c3), 17), c4)
    h3 = (Math.imul(rotated(h3, 15) + h4, 5) + 0x96cd1c35) | 0
    h4 ^= Math.imul(rotated(Math.imul(word(data, at + 12), c4), 18), c1)
    h4 = (Math.imul(rotated(h4, 13) + h1, 5) + 0x32ac3b17) | 0
  }
  h1 ^= Math.imul(rotated(Math.imul(word(data, end), c1), 15), c2)
  h2 ^= Math.imul(rotated(Math.imul(word(data, end + 4), c2), 16), c3)
  h3 ^= Math.imul(rotated(Math.imul(word(data, end + 8), c3), 17), c4)
  h4 ^= Math.imul(rotated(Math.imul(word(data, end + 12), c4), 18), c1)
  return finished(h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length)
}

/** Four bytes, little endian; what lies behind the end is 0, which leaves a hash as it is. */
function word(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24)
}

function finished(a: number, b: number, c: number, d: number): Buffer {
  let h1 = (a + b + c + d) | 0
  const h2 = mixed((b + h1) | 0)
  const h3 = mixed((c + h1) | 0)
  const h4 = mixed((d + h1) | 0)
  h1 = mixed(h1)
  const sum = (h1 + h2 + h3 + h4) | 0
  const hash = Buffer.allocUnsafe(16)
  hash.writeInt32LE(sum, 0)
  hash.writeInt32LE((h2 + sum) | 0, 4)
  hash.writeInt32LE((h3 + sum) | 0, 8)
  hash.writeInt32LE((h4 + sum) | 0, 12)
  return hash
}
