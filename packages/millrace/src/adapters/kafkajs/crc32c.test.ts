import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'

it('gives the check value of CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283)
})

it('equals the definition for any bytes and any range', () => {
  const bitByBit = (bytes: Uint8Array): number => {
    let crc = 0xffffffff
    for (const byte of bytes) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return ~crc >>> 0
  }
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(20), (bytes, head, tail) => {
    const end = Math.max(bytes.length - tail, 0)
    const start = Math.min(head, end)
    expect(crc32c(bytes, start, end)).toBe(bitByBit(bytes.subarray(start, end)))
  })
  fc.assert(property)
})
