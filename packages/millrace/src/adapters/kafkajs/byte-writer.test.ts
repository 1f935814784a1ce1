import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteWriter, varintSize, varlongSize } from './byte-writer.ts'

interface DriverEncoder {
  readonly buffer: Buffer
  writeVarInt(value: number): DriverEncoder
  writeVarLong(value: bigint): DriverEncoder
  writeInt64(value: bigint): DriverEncoder
}
const Encoder = createRequire(import.meta.url)('kafkajs/src/protocol/encoder') as new () => DriverEncoder

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const long = fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 })

it('writes varints as kafkajs does, in the size it foretells', () => {
  const property = fc.property(fc.oneof(int32, fc.integer({ min: -200, max: 200 })), (value) => {
    const out = new ByteWriter(16)
    out.varint(value)
    expect(out.written()).toEqual(new Encoder().writeVarInt(value).buffer)
    expect(varintSize(value)).toBe(out.at)
  })
  fc.assert(property)
})

it('writes varlongs as kafkajs does, in the size it foretells', () => {
  const property = fc.property(fc.oneof(int32, long), (value) => {
    const out = new ByteWriter(16)
    out.varlong(value)
    expect(out.written()).toEqual(new Encoder().writeVarLong(BigInt(value)).buffer)
    expect(varlongSize(value)).toBe(out.at)
  })
  fc.assert(property)
})

it('writes 64-bit numbers as kafkajs does', () => {
  const property = fc.property(fc.oneof(int32, long), (value) => {
    const out = new ByteWriter(1)
    out.int64(value)
    expect(out.written()).toEqual(new Encoder().writeInt64(BigInt(value)).buffer)
  })
  fc.assert(property)
})

it('keeps what was written when it grows', () => {
  const out = new ByteWriter(1)
  out.text('grüße')
  out.int32(-2)
  out.raw(Buffer.from('ab'))
  expect(out.written()).toEqual(Buffer.from('0007677 2c3bcc39f65fffffffe6162'.replace(' ', ''), 'hex'))
})
